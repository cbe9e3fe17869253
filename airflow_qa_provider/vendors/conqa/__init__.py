"""All that is known of CONQA."""
