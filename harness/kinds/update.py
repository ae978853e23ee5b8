"""The kind `update`: a fact that is said twice, and the latest value counts."""

from __future__ import annotations

from dataclasses import dataclass

from harness.kinds.recall import RecallKind


@dataclass(frozen=True, slots=True)
class UpdateKind(RecallKind):
    """One fact, said and later said otherwise; what holds in the end is asked for."""

    def sayings(self, _facts: int, /) -> tuple[int, int]:
        """Twice."""
        return 2, 2
