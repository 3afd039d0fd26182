"""Model files: where they lie, what stands in which line, their faults, the defaults they leave open."""
