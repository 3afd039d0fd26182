"""What people read: tables, sentences, charts, the report."""
