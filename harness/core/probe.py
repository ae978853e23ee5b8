"""A probe, the reply to it, and what the reply is worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from harness.core.errors import AnsweredBy
    from harness.core.scenario import ProbeKind, Value

Status = Literal["ok", "overflow", "refused", "error"]
Outcome = Literal[
    "recalled",
    "evicted",
    "lost_in_memory",
    "server_truncated",
    "output_truncated",
    "abstained",
    "swapped",
    "stale",
    "incomplete",
    "fabricated",
    "refused",
    "kept",
    "broken",
]
"""The last two are those of a rule, whose records are of the kind `rule`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A question asked on a fork of the session, with all that is needed to judge the answer."""

    fact: str
    kind: ProbeKind
    question: str
    expected: tuple[Value, ...]
    """The values that a full answer names: one, or all of a set; empty when the right answer is
    that it was never said."""
    stale: tuple[Value, ...] = ()
    """Values of this fact that a later plant superseded."""
    planted: tuple[Value, ...] = ()
    """Values of other facts said in this session so far: quoting one is a swap."""
    decoys: tuple[Value, ...] = ()
    """Values that this fact might have had in another session, never said in this one."""
    shape: str | None = None
    """Regular expression of everything that a generated value could look like."""


@dataclass(frozen=True, slots=True)
class Score:
    """What a reply is worth, in [0, 1], or None where it was not measured."""

    value: float | None
    why: str = ""
    """One sentence for the person who asks."""

    def __post_init__(self) -> None:
        if self.value is not None and not 0.0 <= self.value <= 1.0:
            raise ValueError(f"a score is None or lies in [0, 1]; got {self.value!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back from a model, with the provider's own meter readings."""

    text: str
    finish_reason: str | None
    """As litellm names them: stop, length, content_filter, ...; None where not told."""
    prompt_tokens: int | None
    """The provider's count; None where it reports none."""
    cached_tokens: int | None = None
    completion_tokens: int | None = None
    cost_usd: float | None = None
    """None where the price is not known; never 0 for want of knowledge."""
    latency_s: float | None = None
    """None where nothing was waited for, as for a reply out of a cassette."""
    attempts: int = 1
    """Calls made for this reply, retries included; 0 for a reply that was kept."""
    answered_by: AnsweredBy = "model"
    version: str | None = None
    """What the provider says answered, with its fingerprint where it tells one."""
