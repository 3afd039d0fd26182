"""The law that both engines obey: compiled functions of numbers, and the order of one instant."""
