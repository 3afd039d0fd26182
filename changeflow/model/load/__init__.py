"""Load before any run: work arriving at each station against the hours of its people."""
