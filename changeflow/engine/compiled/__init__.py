"""The compiled engine (Numba): one event loop over record arrays, with the same law as the reference engine."""
