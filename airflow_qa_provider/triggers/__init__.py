"""The one trigger of this package, and how tasks come to it."""
