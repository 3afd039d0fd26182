"""Money as a model file gives it: contracts and what they bill, prices, what waiting costs."""
