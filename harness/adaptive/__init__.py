"""Adaptive runs: which probe to ask next, and when enough is known."""
