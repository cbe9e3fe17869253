"""The five jobs with this package."""
