"""A model as numbers: what both engines read."""
