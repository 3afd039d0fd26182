"""From runs to numbers with an error: intervals, variance taken out, how many runs are enough."""
