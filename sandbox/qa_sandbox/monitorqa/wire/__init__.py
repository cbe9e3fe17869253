"""MonitorQA's request bodies and answers."""
