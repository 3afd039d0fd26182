"""Exact theory against our engines: the adapter to reference cases, and tests of our own."""
