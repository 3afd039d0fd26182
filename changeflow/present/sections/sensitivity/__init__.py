"""Which assumptions decide, as it is shown: one analysis a file."""
