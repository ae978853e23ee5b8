"""What stands for a kind that is somebody's code, for as long as nobody has imported it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from harness.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.core.scenario import Counts, Question, Value
    from harness.core.session import Plant


@dataclass(frozen=True, slots=True)
class UnimportedKind:
    """Any number of facts, each said once and asked for: enough to plan by, never to score by."""

    facts: ClassVar[tuple[int, int | None]] = (0, None)
    score: ClassVar[str] = "contains"
    counts: ClassVar[Counts] = "recall"

    def sayings(self, _facts: int, /) -> tuple[int, int]:
        """Once."""
        return 1, 1

    def needs(self, _question: Question, said: Sequence[Plant], /) -> Sequence[Plant]:
        """All that was said."""
        return said

    def expected(
        self, _question: Question, said: Sequence[Plant], _drawn: Mapping[str, Sequence[Value]], /
    ) -> Sequence[Value]:
        """All values that were said."""
        return [plant.value for plant in said]

    def guess(self, question: Question, /) -> float:
        """Nothing: every record asks for it, so that none is ever made with this kind.

        Raises:
            UsageError: Always.
        """
        raise UsageError(
            f"kind '{question.kind}' is code that was not imported; `harness run` imports it"
        )
