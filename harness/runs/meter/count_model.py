"""What is known of how a provider counts: its own tokens of a prompt, of any or of one.

It is learnt by `fit`, which brings numpy; a run begins with what is believed before that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.sessions.tokens import MESSAGE_OVERHEAD, PRIMING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.runs.meter.readings import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class CountModel:
    """How a provider counts a prompt, as far as its counts have told."""

    constant: float = float(PRIMING)
    """Provider's tokens of an empty prompt."""
    per_message: float = float(MESSAGE_OVERHEAD)
    """Provider's tokens of a message without text."""
    ratios: tuple[float, ...] = (1.0,)
    """Provider's tokens of a local token of text, a ratio a kind; a single one for all kinds."""
    spread: float = 0.0
    """How far a prompt is from its prediction, as a share of it."""
    error: float = 0.0
    """Standard error of the prediction for a long prompt, as a share of it."""
    n: int = 0
    """Prompts that it was learnt from; 0 for what is believed before any is."""

    def predict(self, messages: Floats, kinds: Floats) -> Floats:
        """Provider's tokens of prompts.

        Args:
            messages: Messages of each.
            kinds: Local tokens of their texts, a column a kind or one for all.
        """
        import numpy as np

        if len(self.ratios) == 1 or kinds.shape[1] == 1:
            kinds = kinds.sum(axis=1, keepdims=True)
        ratios = np.array(self.ratios)
        if len(ratios) != kinds.shape[1]:
            ratios = np.array([ratios.mean()])
        found: Floats = self.constant + self.per_message * messages + kinds @ ratios
        return found

    def of_one(self, messages: int, kinds: Sequence[int]) -> float:
        """Provider's tokens of one prompt; see `predict`."""
        if len(self.ratios) == 1:  # most are; and a run that asks nothing of numpy starts sooner
            return self.constant + self.per_message * messages + sum(kinds) * self.ratios[0]
        import numpy as np

        row = np.array([kinds or (0.0,)], dtype=np.float64)
        return float(self.predict(np.array([float(messages)]), row)[0])

    @property
    def is_ours(self) -> bool:
        """Whether the provider counts as we do."""
        same = (self.constant, self.per_message, self.ratios)
        return same == (float(PRIMING), float(MESSAGE_OVERHEAD), (1.0,))

    @property
    def slack(self) -> float:
        """A shortfall below this, as a share of the prediction, tells nothing."""
        return max(5.0 * self.spread, 3.0 * self.error, 0.001)


OURS = CountModel()
"""The provider counts as we do."""
