"""The command line as a user meets it: what it prints, writes, refuses, and what is left when it is stopped."""
