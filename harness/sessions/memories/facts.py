"""Memory `facts`: a running list of notes that the model keeps, like a product's saved memories."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.sessions.memories.fitting import at_least, listed, newest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.memory import Said
    from harness.core.protocols import Scribe

INSTRUCTION = (
    "Write down what should be remembered from this session for later ones: facts, names, numbers,"
    " wishes and decisions, each in a line of its own that begins with '- '. Use at most {budget}"
    " tokens, and write nothing else."
)
SO_FAR = (
    " These are the notes so far. Keep those that still hold, as they are; replace those that have"
    " changed.\n\n{notes}"
)


@dataclass(frozen=True, slots=True)
class Facts:
    """The model writes the list anew after each session.

    Over its budget the oldest notes stay behind when it is given back; the store keeps them.
    """

    budget: int = 400
    """Tokens that the list may take in the next session; the model is told."""
    every: int = 0
    """Turns after which the list is written anew; 0 for the end of the session only."""
    writer: str | None = None
    """The model that writes; the one under test unless given."""

    def __post_init__(self) -> None:
        at_least("budget", self.budget, 1)
        at_least("every", self.every, 0)

    async def write(self, said: Said, scribe: Scribe, /) -> Sequence[str]:
        """The list as the model leaves it."""
        instruction = INSTRUCTION.format(budget=self.budget)
        if said.notes:
            instruction += SO_FAR.format(notes="\n".join(f"- {note}" for note in said.notes))
        # Twice the budget is let through: what is too much is kept in the store, to be seen there.
        return listed(await scribe.write(instruction, max_tokens=2 * self.budget))

    def inject(self, notes: Sequence[str], _question: str, /) -> str:
        """The newest notes that fit."""
        lines = [f"- {note}" for note in notes]
        return newest(lines, self.budget, between="\n", what="older notes")
