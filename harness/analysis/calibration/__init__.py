"""The instrument against models whose forgetting is known."""
