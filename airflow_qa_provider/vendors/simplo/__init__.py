"""All that is known of Simplo IS."""
