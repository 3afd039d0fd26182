"""Files of results: how they are written, what made them, and whether they would come out the same."""
