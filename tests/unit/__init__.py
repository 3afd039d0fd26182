"""One file for each module or idea."""
