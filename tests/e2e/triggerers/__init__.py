"""What becomes of waits when the triggerer sleeps, a person stops a task at a bad moment, or a vendor is hostile.

Real triggerers of a real Airflow, whose last part the kill harness plays; ``python -m tests.e2e.triggerers`` plays it
alone. What is counted is what the vendors have, and what the tasks tell.
"""
