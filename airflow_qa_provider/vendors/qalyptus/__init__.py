"""All that is known of Qalyptus Cloud."""
