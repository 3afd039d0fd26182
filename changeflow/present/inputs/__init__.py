"""Help for those who write model and study files: hints, rare keys, the schema for editors."""
