"""What a study file may say: its sections, and what fits with what."""
