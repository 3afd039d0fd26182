"""Checks that need several parts of a model at once, by subject."""
