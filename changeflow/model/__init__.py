"""What the system is: the model file, its types and its faults."""
