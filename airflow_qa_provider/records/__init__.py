"""Lists of a vendor as files: read row by row, cleaned of secrets, typed, and stored whole or not at all."""
