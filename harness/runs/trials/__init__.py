"""One trial: the fork, the question, the answer, the record."""
