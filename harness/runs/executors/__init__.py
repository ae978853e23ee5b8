"""Where trials are replayed."""
