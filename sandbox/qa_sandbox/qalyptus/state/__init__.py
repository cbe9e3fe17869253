"""The state of one Qalyptus tenant: one collection per kind of object, and the runs."""
