"""What is said of a model before it runs: its story, its load, what is assumed."""
