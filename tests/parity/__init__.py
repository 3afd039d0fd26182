"""The compiled engine against the reference, to the bit."""
