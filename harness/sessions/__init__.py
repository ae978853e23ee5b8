"""Token counting, filler, planting, and building a session to an exact length."""
