"""How long each model of a run will still take, from its own rate."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_LATEST = 100
"""Answers from which a rate is read: sessions grow, so the early ones say little of the rest."""
_FEWEST = 5
_MINUTE, _HOUR = 60.0, 3600.0


class TimeLeft:
    """Counts the answers of each model.

    Args:
        clock: Gives seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._left: dict[str, int] = {}
        self._times: dict[str, deque[float]] = {}

    def expect(self, left: Mapping[str, int]) -> None:
        """So many trials of each model are still to be asked, from now on."""
        self._left = dict(left)
        self._times = {model: deque([self._clock()], maxlen=_LATEST) for model in left}

    def finished(self, model: str) -> None:
        """A trial of the model has its record."""
        if model in self._left:
            self._left[model] = max(self._left[model] - 1, 0)
            self._times[model].append(self._clock())

    def seconds(self) -> dict[str, float]:
        """Seconds that each model will still take; none for one that has said too little."""
        found = {}
        for model, left in self._left.items():
            times = self._times[model]
            took = times[-1] - times[0]
            if left and len(times) > _FEWEST and took > 0:
                waited = max(self._clock() - times[-1], 0.0)
                found[model] = max(left * took / (len(times) - 1) - waited, 0.0)
        return found

    def words(self) -> str:
        """'ETA 3 min'; of several models each by its name; empty while nothing can be told."""
        known = self.seconds()
        if len(self._left) < 2:  # noqa: PLR2004 -- an only model needs no name
            return "".join(f"ETA {duration(seconds)}" for seconds in known.values())
        told = (f"{_short(model)} {duration(seconds)}" for model, seconds in known.items())
        return f"ETA {', '.join(told)}" if known else ""


def duration(seconds: float) -> str:
    """A duration in its largest units.

    >>> duration(4.2), duration(190), duration(7_500), duration(200_000)
    ('4 s', '3 min', '2 h 5 min', '56 h')
    """
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < _HOUR:
        return f"{seconds / _MINUTE:.0f} min"
    hours, rest = divmod(seconds, _HOUR)
    minutes = f" {rest / _MINUTE:.0f} min" if hours < 10 else ""  # noqa: PLR2004 -- past it is noise
    return f"{hours:.0f} h{minutes}"


def _short(model: str) -> str:
    return model.rpartition("/")[2] or model
