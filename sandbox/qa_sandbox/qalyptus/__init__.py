"""Qalyptus Cloud API: all 176 operations of the documentation, with a tenant behind them that keeps its state."""
