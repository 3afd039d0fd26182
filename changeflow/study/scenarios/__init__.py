"""Scenarios side by side: what they are, running them, who wins, which assumptions decide."""
