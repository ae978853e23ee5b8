"""What every filler promises, as a check that anyone who adds one can run against it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from harness.core.draws import Draws

if TYPE_CHECKING:
    from harness.core.messages import Turn
    from harness.core.protocols import Filler

_SEEDS = 4


def check_filler(filler: Filler, *, turns: int = 200) -> None:
    """Check that a filler is repeatable, differs by seed, and never says a thing twice.

    Args:
        filler: The filler.
        turns: How many turns of each seed are read; fewer where the filler ends sooner.

    Raises:
        AssertionError: A clause is broken; the message says which, and where.
    """
    streams = [_read(filler, seed, turns) for seed in range(_SEEDS)]
    for seed, stream in enumerate(streams):
        _claim(bool(stream), f"seed {seed} gives at least one turn")
        _claim(stream == _read(filler, seed, turns), f"seed {seed} gives the same turns again")
        said: dict[str, int] = {}
        for place, turn in enumerate(stream):
            for text in (message.text for message in turn.messages):
                _claim(bool(text.strip()), f"no text is empty (seed {seed}, turn {place})")
                earlier = said.setdefault(text, place)
                _claim(
                    earlier == place,
                    f"no message comes twice (seed {seed}, turns {earlier} and {place}: {text!r})",
                )
            _claim(
                turn.user != turn.assistant,
                f"no answer repeats its question (seed {seed}, turn {place})",
            )
    begins = {stream[0].user for stream in streams}
    _claim(len(begins) == len(streams), "seeds differ from the first message on")
    _claim(filler.identity() == filler.identity() != "", "the identity is the same each time")


def _read(filler: Filler, seed: int, turns: int) -> list[Turn]:
    return list(islice(filler.turns(Draws("law", seed)), turns))


def _claim(holds: bool, clause: str) -> None:
    if not holds:
        raise AssertionError(f"the contract of fillers is broken: {clause}")
