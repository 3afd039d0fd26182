"""What the article claims, each with the measure that must move and the direction."""
