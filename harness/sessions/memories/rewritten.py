"""What memories have in common whose model writes its notes anew: options, and the instruction.

Its one rule: what a model writes is stored as it came, though it be over the budget; it is cut only
when it is given back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.sessions.memories.fitting import at_least
from harness.sessions.memories.notes import NotesMemory

if TYPE_CHECKING:
    from harness.core.writer import Writer


@dataclass(frozen=True, slots=True)
class Rewritten(NotesMemory):
    """The options of a memory whose notes a model writes anew."""

    budget: int = 400
    """Tokens that the notes may take in the next session; the model is told."""
    every: int = 0
    """Turns after which they are written anew; 0 for the end of the session only."""
    writer: str | None = None
    """The model that writes; the one under test unless given."""

    def __post_init__(self) -> None:
        at_least("budget", self.budget, 1)
        at_least("every", self.every, 0)

    async def rewrite(self, writer: Writer, instruction: str, so_far: str = "") -> str:
        """What the model writes.

        Args:
            writer: The model, with the session before it.
            instruction: What is wanted, in at most `{budget}` tokens.
            so_far: What is said of the notes that there are.
        """
        # Twice the budget is let through: what is too much is kept in the store, to be seen there.
        asked = instruction.format(budget=self.budget) + so_far
        return await writer.write(asked, max_tokens=2 * self.budget)
