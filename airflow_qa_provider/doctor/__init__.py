"""The doctor: proves connections from the command line, with the same look that Airflow's "Test" button takes."""
