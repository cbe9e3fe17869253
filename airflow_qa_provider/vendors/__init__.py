"""The vendors: one folder each, with all that is known of it."""
