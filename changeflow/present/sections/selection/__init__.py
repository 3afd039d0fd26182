"""A selection of the best of many systems, and wrong choices from few runs, as they are shown."""
