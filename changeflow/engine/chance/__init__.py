"""Chance: draws, laws by quantile function, and the arrivals and organisations drawn with them."""
