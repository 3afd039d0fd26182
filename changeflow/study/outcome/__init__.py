"""What the runs of a study found: estimates, gates, effects, and how many more runs it wants."""
