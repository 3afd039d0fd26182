"""What is kept of runs: the key of each, its numbers as bytes, the table and the folder they lie in."""
