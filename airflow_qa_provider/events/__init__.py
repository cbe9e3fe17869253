"""Events that vendors tell by webhooks, as asset events of Airflow: read, kept once, and found again by who waits."""
