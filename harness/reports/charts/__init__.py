"""The pictures of a report, drawn from the same numbers as its tables."""
