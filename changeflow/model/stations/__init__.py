"""Stations as a model file gives them: queue, people, working time, acceptance, errors."""
