"""What a person meets in Airflow's user interface, played in a real browser."""
