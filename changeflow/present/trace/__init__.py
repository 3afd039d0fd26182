"""The event log of one run: lines to read, and tables."""
