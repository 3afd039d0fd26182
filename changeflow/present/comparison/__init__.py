"""What is shown of a run or comparison: terminal, tables, pictures, report, the results folder."""
