"""Choosing the best of several systems: procedures, the race that feeds them, what they promise."""
