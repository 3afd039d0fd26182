"""Tests: stories by hand, laws over generated models, units, theory, architecture, command line."""
