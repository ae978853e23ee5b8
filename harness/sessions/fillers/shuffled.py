"""Any filler with its turns in any order: the same texts, and no conversation.

Source: Hong, Troynikov and Huber, Context Rot: How Increasing Input Tokens Impacts LLM Performance
(2025), where models do worse in a haystack that is coherent than in a shuffled one.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from harness.core.draws import digest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.core.draws import Draws
    from harness.core.messages import Turn
    from harness.core.protocols import Filler

BLOCK = 64
"""Turns that are shuffled among themselves: neighbours in a thread are seldom so any more, and a
short session need not read all of a long filler."""


@dataclass(frozen=True, slots=True)
class ShuffledFiller:
    """The turns of another filler, shuffled block by block."""

    inner: Filler

    def turns(self, draws: Draws, /) -> Iterator[Turn]:
        """The turns of one seed, in an order that the seed draws."""
        source = self.inner.turns(draws)
        order = draws.child("shuffled")
        while block := list(islice(source, BLOCK)):
            yield from order.shuffled(block)

    def identity(self) -> str:
        """Hash of what decides the inner filler, and of how it is shuffled."""
        return digest(["shuffled", BLOCK, self.inner.identity()])
