from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

import pytest

from harness.core.messages import Turn
from harness.sessions.fillers.conformance import check_filler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from harness.core.draws import Draws

_calls = count()


@dataclass(frozen=True, slots=True)
class Scripted:
    """A filler whose turns are given by a function of the seed's number and the turn's index."""

    say: Callable[[float, int], Turn]
    turns_count: int = 30
    names: Iterator[int] | None = field(default=None)

    def turns(self, draws: Draws, /) -> Iterator[Turn]:
        seed = draws.uniform()
        return (self.say(seed, i) for i in range(self.turns_count))

    def identity(self) -> str:
        return "same" if self.names is None else str(next(self.names))


def good(seed: float, i: int) -> Turn:
    return Turn.of(f"{seed} asks {i}", f"{seed} answers {i}")


def test_a_lawful_filler_passes():
    check_filler(Scripted(good))


@pytest.mark.parametrize(
    ("filler", "says"),
    [
        (Scripted(good, turns_count=0), "seed 0 gives at least one turn"),
        (Scripted(lambda s, i: good(s, next(_calls) + i)), "seed 0 gives the same turns again"),
        (Scripted(lambda s, i: Turn.of(f"{s}{i}", " ")), r"no text is empty \(seed 0, turn 0\)"),
        (
            Scripted(lambda s, i: Turn.of(f"{s}{i}", f"{s} ok {i % 5}")),
            r"no message comes twice \(seed 0, turns 0 and 5: '.* ok 0'\)",
        ),
        (
            Scripted(lambda s, i: Turn.of(f"{s}{i}", f"{s}{i}")),
            r"no answer repeats its question \(seed 0, turn 0\)",
        ),
        (Scripted(lambda _, i: good(0.5, i)), "seeds differ from the first message on"),
        (Scripted(good, names=count()), "the identity is the same each time"),
    ],
)
def test_each_broken_clause_is_named(filler, says):
    with pytest.raises(AssertionError, match=f"^the contract of fillers is broken: {says}$"):
        check_filler(filler)
