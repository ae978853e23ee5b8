"""A count of something and a proportion of something: what all of a report is made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many of something."""

    name: str
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A proportion with its 95 % Wilson interval; all in [0, 1]."""

    n: int
    sessions: int
    recall: float
    lo: float
    hi: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """One point of a curve."""

    start: float
    """Lower end of the bin, in the unit of its axis."""
    end: float | None
    """Upper end; None where the bin is open. Equal ends are one checkpoint."""
    at: float
    """Mean of what was measured in the bin."""
    share: Share
