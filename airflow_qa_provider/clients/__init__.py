"""Clients of the vendors' APIs: plain Python on ``requests``, usable without Airflow."""
