"""All that is known of MonitorQA."""
