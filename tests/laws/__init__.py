"""What must hold for every model: generated models, no expected numbers."""
