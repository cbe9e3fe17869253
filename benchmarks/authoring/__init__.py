"""How long the DAGs of five jobs are, and what they survive: written with this package, and by hand."""
