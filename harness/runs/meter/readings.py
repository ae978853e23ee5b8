"""What the meter of a provider read in a run, as columns: one row a call that was answered.

Everything is a plain number of the record. What follows from all of them together is worked out by
the other files of this folder.
"""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.core.messages import Message
from harness.core.text_kinds import KINDS
from harness.runs.meter.columns import IntColumn, NameColumn, distinct
from harness.sessions.tokens import MESSAGE_OVERHEAD, PRIMING, TokenCounter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import TypeAlias

    import numpy as np
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Integers: TypeAlias = NDArray[np.int64]
    Codes: TypeAlias = NDArray[np.int32]
    Flags: TypeAlias = NDArray[np.bool_]

_LEAST_CHANCE, _MOST_CHANCE = 0.02, 0.9
"""Nothing is never guessed, and something is always told by an answer."""

_PLANT = 40
"""Local tokens of a plant and a question, about: for records that do not tell how far behind the
question a plant begins."""


_COUNTER = TokenCounter()

_SINGLE = frozenset({"chance", "system"})
"""What is said of all calls together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """The calls of one model in one run that were answered; columns of equal length."""

    scenario: Codes
    session: Codes
    """The cluster of every statistic."""
    trunk: Codes
    fork: Codes
    """Calls of one fork were sent the same messages before the question."""
    local: Floats
    """Local tokens of the prompt."""
    messages: Floats
    """Messages of the prompt."""
    kinds: Floats
    """Local tokens of the texts of the prompt, a column a kind; one column where they are not told
    apart."""
    counted: Floats
    """Prompt tokens as the provider reported them; NaN where it did not."""
    cached: Floats
    """Of the prompt, what was read from the prefix cache; NaN where that is not told."""
    exact: Floats
    """The server's own count of the prompt before it was sent; NaN where it was not asked."""
    told: Flags
    """The question asks for something that was said, it was among the messages that were sent, and
    the answer has a score."""
    recalled: Flags
    behind: Floats
    """Local tokens from the start of the farthest plant that the answer needs to the end of the
    prompt; NaN where there is none."""
    nearest: Floats
    """The same of the nearest plant."""
    system: float
    """Local tokens of the system prompt."""
    limit: Floats
    """Tokens of the window."""
    chance: float
    """How often a value is named by somebody who was never told it."""

    def __len__(self) -> int:
        """Calls."""
        return len(self.local)

    def only(self, rows: Flags | Integers | slice) -> Readings:
        """Some of the calls: those that are flagged, or those of that number in that order.

        Those from one to another are not copied, nor are all of them.
        """
        if not isinstance(rows, slice) and rows.dtype == bool and rows.all():
            return self
        columns = {
            name: getattr(self, name)[rows] for name in self.__slots__ if name not in _SINGLE
        }
        return Readings(**columns, chance=self.chance, system=self.system)


class ReadingsBuilder:
    """Takes records one by one, and keeps of each what its readings need, in some ninety bytes."""

    def __init__(self) -> None:
        self._numbers = {name: IntColumn() for name in _NUMBERS}
        self._flags = {name: array("b") for name in _FLAGS}
        self._names = {name: NameColumn() for name in _NAMES}
        self._scenarios: dict[tuple[str, str], int] = {}
        self._scenario = array("i")
        self._kinds = IntColumn()
        self._rows = 0
        self._are_told = True
        self._chance = _Chance()
        self._system = math.inf

    def add(self, record: Mapping[str, Any]) -> int:
        """Note a record; its row."""
        for name, number in _numbers_of(record).items():
            self._numbers[name].append(number)
        self._flags["told"].append(_told(record))
        self._flags["recalled"].append((record["score"] or 0.0) >= 1.0)
        trunk = record["trunk"]
        self._names["session"].append(record["session"])
        self._names["trunk"].append(trunk)
        self._names["fork"].append(trunk, str(record["view"]))
        scenario = (record["scenario"], record.get("variant") or "")
        self._scenario.append(self._scenarios.setdefault(scenario, len(self._scenarios)))
        kinds: Sequence[int] = record.get("kind_tokens") or ()
        self._are_told = self._are_told and len(kinds) == len(KINDS)
        self._kinds.extend(kinds if self._are_told else ())
        self._rows += 1
        self._chance.add(record)
        if record["arm"] == "closed_book":
            asked = _COUNTER.message(Message("user", record["question"]))
            self._system = min(self._system, record["view_tokens"] - PRIMING - asked)
        return self._rows - 1

    def readings(self) -> Readings:
        """What was noted, as columns."""
        import numpy as np

        columns: dict[str, Any] = {name: own.floats() for name, own in self._numbers.items()}
        columns |= {name: own.numbers() for name, own in self._names.items()}
        columns |= {name: np.array(own, dtype=np.bool_) for name, own in self._flags.items()}
        columns["scenario"] = np.array(self._scenario, dtype=np.int32)
        if np.array_equal(columns["behind"], columns["nearest"], equal_nan=True):
            columns["nearest"] = columns["behind"]  # as where an answer needs one plant
        if self._are_told:
            kinds = np.reshape(self._kinds.floats(), (-1, len(KINDS)))
        else:
            texts = columns["local"] - PRIMING - MESSAGE_OVERHEAD * columns["messages"]
            kinds = texts[:, None]
        return Readings(
            **columns,
            kinds=kinds,
            chance=self._chance.rate(self._names["session"].digests()),
            system=0.0 if math.isinf(self._system) else self._system,
        )


def readings(records: Iterable[Mapping[str, Any]]) -> Readings:
    """The readings of records of one model in one run, in their order.

    Args:
        records: Records whose call was answered, as JSON holds them.
    """
    builder = ReadingsBuilder()
    for record in records:
        builder.add(record)
    return builder.readings()


_NUMBERS = (
    "local", "messages", "counted", "cached", "exact", "behind", "nearest", "limit",
)  # fmt: skip
_FLAGS = ("told", "recalled")
_NAMES = ("session", "trunk", "fork")


def _numbers_of(record: Mapping[str, Any]) -> dict[str, int | None]:
    return {
        "local": record["view_tokens"],
        "messages": _messages(record),
        "counted": reported(record),
        "cached": record.get("cached_tokens"),
        "exact": record.get("exact_tokens"),
        "behind": _behind(record, max),
        "nearest": _behind(record, min),
        "limit": record["window_limit"],
    }


def reported(record: Mapping[str, Any]) -> int | None:
    """The provider's count as it came, before anything was made of it; None where none came."""
    raw: int | None = record.get("provider_tokens")
    if raw is None and record["usage_source"] == "provider":  # of before it was kept apart
        raw = record["prompt_tokens"]
    return raw


def _messages(record: Mapping[str, Any]) -> int:
    return 1 + int(sum(stop - start for start, stop in record["view"]))


def _told(record: Mapping[str, Any]) -> bool:
    return bool(
        record["arm"] in {"main", "needle_only"}
        and record["counts"] == "recall"
        and len(record["expected"]) == 1
        and record["in_view"]
        and record["score"] is not None
    )


def _behind(record: Mapping[str, Any], which: Callable[[list[int]], int]) -> int | None:
    told = [tokens for tokens in record.get("plant_behind") or () if tokens >= 0]
    if told:
        return int(which(told))
    gap = record.get("gap_tokens")
    return None if gap is None else int(gap) + _PLANT


class _Chance:
    """How often a right value is named without having been told, from above."""

    def __init__(self) -> None:
        self._untold = self._named = 0
        self._facts: dict[tuple[str, str], int] = {}
        self._fact = array("i")
        """Of each record the number of the fact that it asks for; -1 where it tells nothing."""
        self._value = NameColumn()
        """Of each of the others what it expects."""

    def add(self, record: Mapping[str, Any]) -> None:
        number = -1
        if record["arm"] in {"closed_book", "fact_removed"} and record["score"] is not None:
            self._untold += 1
            self._named += record["outcome"] == "recalled"
        elif record["arm"] == "main" and len(record["expected"]) == 1:
            fact = (str(record["scenario"]), str(record["fact"]))
            number = self._facts.setdefault(fact, len(self._facts))
            self._value.append(record["expected"][0])
        self._fact.append(number)

    def rate(self, sessions: NDArray[np.uint64]) -> float:
        """The rate.

        Args:
            sessions: Of each record what stands for its session.
        """
        import numpy as np

        facts = np.array(self._fact, dtype=np.int32)
        asked = facts >= 0
        values = distinct(facts[asked], self._value.digests())
        said = distinct(facts[asked], sessions[asked])
        guessed: list[float] = (1.0 / values[values < said]).tolist()
        named = self._named / self._untold if self._untold else 0.0
        return min(_MOST_CHANCE, max([_LEAST_CHANCE, *guessed, named]))
