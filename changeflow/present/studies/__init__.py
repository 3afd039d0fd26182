"""What is shown of a study: its plan, its price, its text, its files."""
