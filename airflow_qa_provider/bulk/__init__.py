"""Writing many rows: read and check all of them, compare, send what differs with several requests in flight, once."""
