"""Memory `none`: a session that ends leaves nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.memory import MemoryView
    from harness.core.protocols import Writer


@dataclass(frozen=True, slots=True)
class Nothing:
    """Writes nothing and gives nothing back."""

    async def write(self, _said: MemoryView, _scribe: Writer, /) -> Sequence[str]:
        """No notes."""
        return ()

    def inject(self, _notes: Sequence[str], _question: str, /) -> str:
        """Nothing."""
        return ""
