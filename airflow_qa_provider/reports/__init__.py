"""Report files: checked, hashed, stored once, and described by a small manifest."""
