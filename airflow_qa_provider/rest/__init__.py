"""What all vendors' clients stand on: transport, retries, routes, fields, pages, downloads."""
