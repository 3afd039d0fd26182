"""What is expected of requests before any run: how many, their work, errors and follow-ups, where they go."""
