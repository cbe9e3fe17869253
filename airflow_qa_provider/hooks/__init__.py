"""Hooks: an Airflow connection in, a vendor's client out."""
