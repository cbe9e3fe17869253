"""What the operators, sensors, transfers and hooks of all vendors derive from."""
