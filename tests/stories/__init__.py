"""A few requests traced by hand: the expected rows stand in the test, with how they come about."""
