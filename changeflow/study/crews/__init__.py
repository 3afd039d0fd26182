"""How runs are made: in which manner, by whom, in which order."""
