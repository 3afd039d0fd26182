"""What is shown of a sizing: terminal, staircase, files."""
