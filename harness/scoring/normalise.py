"""The answer in a reply: its text without what the model thought aloud.

Its one rule: what a model thinks aloud is not its answer.
"""

from __future__ import annotations

from harness.core.caching import by_text
from harness.core.thinking import split_thinking


@by_text(256)  # each look at a reply asks for it again
def answer(reply: str) -> str:
    """The reply without its thoughts; empty when it was cut while still thinking.

    >>> answer("<think>Exuberant? No.</think>Dry.")
    'Dry.'
    """
    return split_thinking(reply).answer
