"""The contract between vendors and engines: what a kind of object can do, and the plain data that crosses."""
