"""The meter: how a provider counts, learned from openings, and what it should count later (law 2).

Openings are too short for any server to truncate, so their ratio of the provider's prompt tokens
to the local count is the tokenizer's alone. It is fixed before the longer sessions are sent, which
keeps every judgement independent of the order in which replies come back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from typing import Self

_LEAST_MARGIN = 0.02
"""A shortfall below this is never called truncation: chat templates differ by as much."""

_BLIND_MARGIN = 0.4
"""The margin where no opening was measured: tokenizers of one text differ by less than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a meter has settled on."""

    ratio: float | None
    """Provider's tokens a local token: the median over the longer openings; None without usage."""
    upper: float | None
    """The highest of these."""
    margin: float
    """The shortfall, as a share of the prediction, from which on text was dropped."""


_BLIND = Reading(ratio=None, upper=None, margin=_BLIND_MARGIN)


@dataclass(slots=True)
class Meter:
    """Provider's tokens against local tokens for one model.

    Feed it openings with `observe`, and call `fix` before any question is put to it.
    """

    reading: Reading = _BLIND
    """What judgements rest on; blind until it is fixed."""
    fixed: bool = False
    _seen: list[tuple[int, int]] = field(default_factory=list)

    @classmethod
    def settled(cls, *, ratio: float | None, upper: float | None, margin: float) -> Self:
        """A meter as it was fixed before."""
        return cls(reading=Reading(ratio=ratio, upper=upper, margin=margin), fixed=True)

    @property
    def ratio(self) -> float | None:
        """Provider's tokens a local token; None where that is not known."""
        return self.reading.ratio

    @property
    def margin(self) -> float:
        """The shortfall, as a share of the prediction, from which on text was dropped."""
        return self.reading.margin

    @property
    def upper(self) -> float | None:
        """The highest ratio among the longer prompts so far; None where none was measured."""
        return self.reading.upper if self.fixed else self._read().upper

    def observe(self, local: int, provider: int | None) -> None:
        """Note one opening.

        Args:
            local: Local tokens of the prompt.
            provider: The provider's count of the same prompt; None where it reports none.
        """
        if provider is not None and local > 0 and not self.fixed:
            self._seen.append((local, provider))

    def fix(self) -> None:
        """Settle ratio and margin from what was seen; once settled they stay."""
        if not self.fixed:
            self.reading = self._read()
            self.fixed = True

    def _read(self) -> Reading:
        if not self._seen:
            return _BLIND
        longest = max(local for local, _ in self._seen)
        # Short prompts are mostly chat template, whose cost differs from ours by a constant.
        ratios = sorted(provider / local for local, provider in self._seen if 2 * local >= longest)
        ratio = median(ratios)
        margin = max(_LEAST_MARGIN, (ratios[-1] - ratios[0]) / ratio)
        return Reading(ratio=ratio, upper=ratios[-1], margin=margin)

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
