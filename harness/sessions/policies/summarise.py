"""Policy `summarise`: near the ceiling the older turns are replaced by a summary of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.errors import UsageError
from harness.core.messages import Turn
from harness.sessions.memories.fitting import best, sentences
from harness.sessions.policies.drop_oldest import DropOldest
from harness.sessions.policies.fitting import newest_turns
from harness.sessions.policies.instructions import SHIPPED, instruction, is_file, prompt_digest

if TYPE_CHECKING:
    from harness.core.window import History, View
    from harness.core.writer import Writer

HEADING = "To save room, this stands in place of the earlier part of our conversation:"
THANKS = "Thank you, I go on from there."


@dataclass(frozen=True, slots=True)
class Summarise:
    """The newest turns as they are, and a model's summary of all before them, again and again."""

    at: float = 0.8
    """Share of the budget from which on older turns are replaced, in (0, 1]."""
    keep: float = 0.25
    """Share of the budget that the newest turns may keep, in [0, 1); the last one always stays."""
    budget: int = 400
    """Tokens of the summary; the model is told, and the sentences that are too many are cut off."""
    tokens: int | None = None
    """Budget of the application where it is smaller than the window's, question included."""
    writer: str | None = None
    """The model that writes; the one under test unless given."""
    prompt: str = "plain"
    """What it is told: plain, handover, structured, or the path of a text file, in which {budget}
    stands for the tokens."""
    prompt_digest: str = ""
    """Hash of the words of that file, once they are known; it keeps two versions apart."""
    threshold: float | None = None
    """Another name of `at`."""

    def __post_init__(self) -> None:
        if self.threshold is not None:
            object.__setattr__(self, "at", self.threshold)
        if not 0.0 < self.at <= 1.0:
            raise ValueError(f"at is a share of the budget, in (0, 1]; got {self.at}")
        if not 0.0 <= self.keep < self.at:
            raise ValueError(f"keep is a share below 'at' ({self.at}), in [0, 1); got {self.keep}")
        if self.budget < 1:
            raise ValueError(f"budget is {self.budget}; expected 1 or more")
        if self.prompt not in SHIPPED and not is_file(self.prompt):
            instruction(self.prompt, self.budget)

    def view(self, history: History, budget_tokens: int, /) -> View:
        """What compactions left; where even that is too long, its oldest turns go."""
        return DropOldest(self.tokens).view(history, budget_tokens)

    def compacts(self, history: History, budget_tokens: int, /) -> int:
        """Index of the first turn that is kept as it is; 0 when it is not yet time."""
        budget = budget_tokens if self.tokens is None else min(self.tokens, budget_tokens)
        if history.prompt_tokens <= self.at * budget:
            return 0
        last = max(history.turn_starts, default=history.system)
        start = min(newest_turns(history, int(self.keep * budget), after=history.system), last)
        # A summary of what is no longer than a summary would save nothing.
        return start if history.tokens(history.system, start) > self.budget else 0

    async def compact(self, writer: Writer, /) -> Turn:
        """The turn that hands over the summary."""
        if self.prompt_digest and self.prompt_digest != prompt_digest(self.prompt):
            raise UsageError(
                f"prompt '{self.prompt}' was changed while the run went on; begin a run of its own"
            )
        asked = instruction(self.prompt, self.budget)
        text = await writer.write(asked, max_tokens=self.budget)
        said = best(sentences(text), self.budget, between="\n", what="more sentences")
        return Turn.of(f"{HEADING}\n\n{said}", THANKS)
