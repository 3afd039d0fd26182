"""Which settings of its factors a study runs."""
