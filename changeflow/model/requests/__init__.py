"""Requests as a model file gives them: who asks, when, of which categories, and where requests go."""
