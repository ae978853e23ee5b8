"""The keys of all trials of a plan, by model and stage: 16 bytes each, on disk where they are many.

To make a key takes its whole session; so a plan is made once, and what a run asks of all of its
keys (how many are recorded, which seeds have any left) is read from here.
"""

from __future__ import annotations

from array import array
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING
from weakref import finalize

from harness.core.arms import STAGES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from harness.core.arms import Stage

_KEY_BYTES = 16
_MOST_BYTES = 1 << 20
"""Of one model and stage, in memory: 65,536 keys."""


class TrialKeys:
    """Keys in the order in which the trials of a model and stage are sent, seed by seed.

    Args:
        models: In the order of the study.
    """

    def __init__(self, models: Sequence[str]) -> None:
        self._models = tuple(models)
        self._of = {(model, stage): _Keys() for model in models for stage in STAGES}

    def add(self, model: str, stage: Stage, unit: int, keys: Sequence[str]) -> None:
        """Note the keys of a session.

        Args:
            model: Who is asked.
            stage: When.
            unit: Number of its scenario and seed; numbers never fall.
            keys: Of its trials, in order.
        """
        self._of[model, stage].add(unit, keys)

    def __len__(self) -> int:
        return sum(self.count(model) for model in self._models)

    def __iter__(self) -> Iterator[str]:
        for model in self._models:
            yield from self.of_model(model)

    def count(self, model: str) -> int:
        """Trials of a model."""
        return sum(len(self._of[model, stage]) for stage in STAGES)

    def of_model(self, model: str) -> Iterator[str]:
        """The keys of a model, stage by stage."""
        for stage in STAGES:
            for _, keys in self._of[model, stage]:
                yield from keys

    def left(self, model: str, stage: Stage, done: Collection[str]) -> tuple[int, UnitFlags]:
        """How many trials are not done, and which seeds they are of."""
        flags, left = UnitFlags(), 0
        for unit, keys in self._of[model, stage]:
            todo = sum(key not in done for key in keys)
            if todo:
                flags.add(unit)
                left += todo
        return left, flags


class _Keys:
    """Keys of one model and stage."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=_MOST_BYTES)  # noqa: SIM115 -- see the next line
        finalize(self, self._file.close)  # it is there for as long as the plan is
        self._units = array("L")
        self._counts = array("L")
        self._n = 0

    def __len__(self) -> int:
        return self._n

    def add(self, unit: int, keys: Sequence[str]) -> None:
        self._file.seek(self._n * _KEY_BYTES)
        self._file.write(bytes.fromhex("".join(keys)))
        self._n += len(keys)
        if self._units and self._units[-1] == unit:
            self._counts[-1] += len(keys)
        else:
            self._units.append(unit)
            self._counts.append(len(keys))

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Seed by seed; several may read at a time."""
        start = 0
        for unit, count in zip(self._units, self._counts, strict=True):
            self._file.seek(start)
            text = self._file.read(count * _KEY_BYTES).hex()
            start += count * _KEY_BYTES
            size = 2 * _KEY_BYTES
            yield unit, [text[at : at + size] for at in range(0, len(text), size)]


class UnitFlags:
    """A set of small numbers, a bit each."""

    def __init__(self) -> None:
        self._bits = bytearray()

    def add(self, unit: int) -> None:
        """Put a number in."""
        missing = unit // 8 + 1 - len(self._bits)
        if missing > 0:
            self._bits.extend(bytes(missing))
        self._bits[unit // 8] |= 1 << unit % 8

    def __contains__(self, unit: object) -> bool:
        if not isinstance(unit, int) or unit // 8 >= len(self._bits):
            return False
        return bool(self._bits[unit // 8] >> unit % 8 & 1)
