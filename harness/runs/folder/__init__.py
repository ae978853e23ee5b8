"""The run folder, and the only place that knows its files."""
