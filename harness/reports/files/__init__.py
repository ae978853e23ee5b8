"""The forms of a report that other programs read: JSON, CSV, parquet, JUnit."""
