"""What the kinds of question have in common, once."""

from __future__ import annotations

RECALL_KINDS: tuple[str, ...] = ("recall", "update", "set")
"""The kinds whose right answer is something that was planted: they make the curve of recall."""
