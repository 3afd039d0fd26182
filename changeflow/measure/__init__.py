"""What a trace amounts to: measures, money, checks and estimates."""
