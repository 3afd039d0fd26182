"""The component graph: where it comes from, and how far a change spreads over it."""
