"""Assets of vendors, to schedule DAGs on: one module per vendor that tells of events."""
