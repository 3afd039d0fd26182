"""What is read off the trace of one run: times, backlog, people, and its checks of itself."""
