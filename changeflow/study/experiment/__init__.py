"""A study laid out and run: its models, its plan, its cells, its pilot."""
