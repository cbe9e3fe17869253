"""Buttons in the Airflow UI that lead to the vendors' own pages."""
