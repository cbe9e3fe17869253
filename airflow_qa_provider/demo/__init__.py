"""What the demo and the tests share, besides the sandbox."""
