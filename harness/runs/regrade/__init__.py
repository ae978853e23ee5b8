"""Grades given after the run, from the replies that it keeps."""
