"""The charts of a study's analyses, one a file."""
