"""The reference engine (SimPy): it reads like the story, and is the specification."""
