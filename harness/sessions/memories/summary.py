"""Memory `summary`: one text on everything so far, brought up to date when a session ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.sessions.memories.fitting import at_least, best, sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.memory import Said
    from harness.core.protocols import Scribe

INSTRUCTION = (
    "Summarise what a later session with this user needs to know of this one, in at most {budget}"
    " tokens. Keep facts, names, numbers, wishes and decisions as they were said, and write nothing"
    " but the summary."
)
SO_FAR = " This is the summary so far; bring it up to date.\n\n{summary}"


@dataclass(frozen=True, slots=True)
class Summary:
    """The model writes the summary anew; over its budget the last sentences are left out."""

    budget: int = 400
    """Tokens that the summary may take in the next session; the model is told."""
    every: int = 0
    """Turns after which it is brought up to date; 0 for the end of the session only."""
    writer: str | None = None
    """The model that writes; the one under test unless given."""

    def __post_init__(self) -> None:
        at_least("budget", self.budget, 1)
        at_least("every", self.every, 0)

    async def write(self, said: Said, scribe: Scribe, /) -> Sequence[str]:
        """The sentences of the summary as the model leaves it."""
        instruction = INSTRUCTION.format(budget=self.budget)
        if said.notes:
            instruction += SO_FAR.format(summary="\n".join(said.notes))
        # Twice the budget is let through: what is too much is kept in the store, to be seen there.
        return sentences(await scribe.write(instruction, max_tokens=2 * self.budget))

    def inject(self, notes: Sequence[str], _question: str, /) -> str:
        """The first sentences that fit."""
        return best(notes, self.budget, between="\n", what="more sentences")
