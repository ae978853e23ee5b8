"""The schema of records, curves, onset, comparison, contrasts, power, and the next probe."""
