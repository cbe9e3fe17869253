"""What MonitorQA holds, and what happens by itself as time passes."""
