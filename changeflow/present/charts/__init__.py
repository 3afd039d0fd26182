"""The charts of a run or comparison, one a file."""
