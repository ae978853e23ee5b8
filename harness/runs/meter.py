"""The meter: how a provider counts, learned from openings, and what it should count later (law 2).

Openings are too short for any server to truncate, so their ratio of the provider's prompt tokens
to the local count is the tokenizer's alone. It is fixed before the longer sessions are sent, which
keeps every judgement independent of the order in which replies come back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median

_LEAST_MARGIN = 0.02
"""A shortfall below this is never called truncation: chat templates differ by as much."""

_BLIND_MARGIN = 0.4
"""The margin where no opening was measured: tokenizers of one text differ by less than this."""


@dataclass(slots=True)
class Meter:
    """Provider's tokens against local tokens for one model.

    Feed it openings with `observe`, and call `fix` before any question is put to it.
    """

    ratio: float | None = None
    """Provider's tokens a local token: the median over the longer openings; None without usage."""
    margin: float = _BLIND_MARGIN
    """The shortfall, as a share of the prediction, from which on text was dropped."""
    _seen: list[tuple[int, int]] = field(default_factory=list)
    _fixed: bool = False

    def observe(self, local: int, provider: int | None) -> None:
        """Note one opening.

        Args:
            local: Local tokens of the prompt.
            provider: The provider's count of the same prompt; None where it reports none.
        """
        if provider is not None and local > 0 and not self._fixed:
            self._seen.append((local, provider))

    def fix(self) -> None:
        """Settle ratio and margin from what was seen; once settled they stay."""
        if self._fixed:
            return
        self._fixed = True
        if not self._seen:
            return
        longest = max(local for local, _ in self._seen)
        # Short prompts are mostly chat template, whose cost differs from ours by a constant.
        ratios = sorted(provider / local for local, provider in self._seen if 2 * local >= longest)
        self.ratio = median(ratios)
        self.margin = max(_LEAST_MARGIN, (ratios[-1] - ratios[0]) / self.ratio)

    def predict(self, local: int) -> float:
        """What the provider should count for a prompt of that many local tokens."""
        return local * (1.0 if self.ratio is None else self.ratio)

    def truncated(self, local: int, provider: int | None) -> bool | None:
        """Whether the provider counted so little that it must have dropped text.

        None where it reports no usage.
        """
        if provider is None:
            return None
        return provider < self.predict(local) * (1.0 - self.margin)

    def local(self, provider: int) -> float:
        """Local tokens that the provider's count stands for."""
        return provider / (1.0 if self.ratio is None else self.ratio)
