"""The order of the forks of one session, so that a provider's prefix cache pays for most of it.

The first probe of a checkpoint goes alone: it writes the session up to there into the cache. The
others read it, and so does the first probe of the next checkpoint, whose session begins alike.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from harness.core.trial import Trial


def forks(trials: Iterable[Trial]) -> Iterator[tuple[Trial, list[Trial]]]:
    """For each checkpoint the probe that goes first, and those that follow when it is answered.

    Args:
        trials: Of one session, checkpoint by checkpoint.
    """
    for _, asked in groupby(trials, key=lambda trial: trial.cut):
        first, *rest = asked
        yield first, rest
