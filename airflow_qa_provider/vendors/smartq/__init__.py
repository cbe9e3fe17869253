"""All that is known of smartQ."""
