"""Transfers: a vendor's report into object storage, one module per vendor."""
