"""MonitorQA's routes, one module per page of the vendor docs or two."""
