"""What scorers read of a reply: its words, in the normal form of `harness.core.text`.

Its one rule: what a model thinks aloud is not its answer.
"""

from __future__ import annotations

from harness.core.text import Text, contains, places, read, words
from harness.core.thinking import split

__all__ = ["Text", "answer", "contains", "places", "read", "words"]


def answer(reply: str) -> str:
    """The reply without its thoughts; empty when it was cut while still thinking.

    >>> answer("<think>Exuberant? No.</think>Dry.")
    'Dry.'
    """
    return split(reply).answer
