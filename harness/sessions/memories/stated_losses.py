"""Memory `lossy`: a store with stated losses, against which the report is held.

It drops a stated share of what it is told and a stated share of what it holds: the losses of
writing and of giving back that a report shows for it have to be these. Chance is drawn from the
chain and the turn alone, so that a run can be made again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.draws import unit
from harness.sessions.opening import as_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.memory import MemoryChain, MemoryView
    from harness.core.memory_protocols import MemorySession


@dataclass(frozen=True, slots=True)
class LossyMemory:
    """Every turn is written with one probability, and given back with another."""

    write_loss: float = 0.0
    """Share of the turns that are never written, in [0, 1]."""
    read_loss: float = 0.0
    """Share of the written turns that are never given back, in [0, 1]."""

    def __post_init__(self) -> None:
        for name in ("write_loss", "read_loss"):
            share = getattr(self, name)
            if not 0 <= share <= 1:
                raise ValueError(f"{name} is {share:g}; expected a share in [0, 1]")

    def open(self, chain: MemoryChain, /) -> MemorySession:
        """No turns yet."""
        return _LossyStore(self, chain.id)


@dataclass(slots=True)
class _LossyStore:
    """The turns of one chain that were not lost."""

    losses: LossyMemory
    chain: str
    notes: tuple[str, ...] = ()

    async def write(self, said: MemoryView, /) -> Sequence[str]:
        """The turns so far, those left out that are lost in writing."""
        new = (turn for turn in as_text(said.news) if self._keeps("write", turn))
        self.notes = (*self.notes, *new)
        return self.notes

    async def inject(self, _question: str, /) -> str:
        """The turns that are held, those left out that are lost in reading."""
        return "\n\n".join(turn for turn in self.notes if self._keeps("read", turn))

    async def close(self) -> None:
        """Nothing is open."""

    def _keeps(self, door: str, turn: str) -> bool:
        loss = self.losses.write_loss if door == "write" else self.losses.read_loss
        return unit("lossy", self.chain, door, turn) >= loss
