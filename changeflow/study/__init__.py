"""Which runs are made, how they are spread over cores, and what they answer together."""
