"""What every part of a model is made of: frozen values, probability laws, values by category."""
