"""The sections of a report: each turns what was found into lines, for terminal and Markdown."""
