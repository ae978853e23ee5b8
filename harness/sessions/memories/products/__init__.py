"""Memories that others sell or give away, each behind an extra of its own: one file a product."""
