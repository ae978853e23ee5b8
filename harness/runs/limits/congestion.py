"""How many calls a provider takes at once, found out from its answers. Pure: no clock, no I/O.

Additive increase, multiplicative decrease: the way TCP shares a line (Chiu and Jain, 1989,
doi:10.1016/0169-7552(89)90019-6), with a slow start so that a quick server is not kept waiting.
"""

from __future__ import annotations

from dataclasses import dataclass, field

FIRST = 4
"""Calls in flight at the start. Latency is first seen at a light load, for comparison."""

CUT = 0.5
"""What is left of the limit after a refusal for too many calls, or a timeout."""

EASE = 0.8
"""What is left of it when answers have become slow."""

SLOW_FACTOR = 3.0
SLOW_S = 0.5
"""Answers are slow when they take three times as long as at best, and half a second longer."""

_WEIGHT = 0.2
"""Of the newest latency in the running mean."""

_ENOUGH = 5
"""Answers before a mean latency is believed."""


@dataclass(slots=True)
class _Latency:
    """Latency of prompts of one size: a running mean, and the lowest that it has been."""

    seen: int = 0
    mean_s: float = 0.0
    best_s: float = float("inf")

    def add(self, latency_s: float) -> None:
        self.seen += 1
        weight = max(_WEIGHT, 1.0 / self.seen)
        self.mean_s += weight * (latency_s - self.mean_s)
        if self.seen >= _ENOUGH:
            self.best_s = min(self.best_s, self.mean_s)

    @property
    def slow(self) -> bool:
        return self.mean_s > max(SLOW_FACTOR * self.best_s, self.best_s + SLOW_S)


@dataclass(slots=True)
class Congestion:
    """The number of calls that may be in flight now, from 1 to `most`.

    Calls are numbered as they are sent. Those that were under way when the limit was cut tell
    nothing new, and do not cut it again.
    """

    most: int
    limit: float = field(init=False)
    _starting: bool = field(init=False, default=True)
    _sent: int = field(init=False, default=0)
    _cut_at: int = field(init=False, default=0)
    _by_size: dict[int, _Latency] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.limit = float(min(self.most, FIRST))

    def send(self) -> int:
        """The number of a call that goes out now."""
        self._sent += 1
        return self._sent

    def answered(self, number: int, *, latency_s: float, size: int) -> None:
        """A call was answered.

        Args:
            number: As `send` gave it.
            latency_s: From the request to the end of the answer.
            size: Length of the prompt; only prompts of about one length are compared.
        """
        latency = self._by_size.setdefault(size.bit_length(), _Latency())
        latency.add(latency_s)
        if latency.slow:
            self._cut(number, EASE)
        elif number > self._cut_at:
            self.limit = min(self.most, self.limit + (1.0 if self._starting else 1.0 / self.limit))

    def throttled(self, number: int) -> None:
        """A call was refused for too many of them, or was not answered in time."""
        self._cut(number, CUT)

    def _cut(self, number: int, share: float) -> None:
        if number <= self._cut_at:
            return
        self._starting = False
        self._cut_at = self._sent
        self.limit = max(1.0, self.limit * share)
