"""A probe, the reply to it, and what the reply is worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from harness.core.errors import AnsweredBy
    from harness.core.scenario import Value

Status = Literal["ok", "cut", "overflow", "refused", "error"]
"""How a call ended. `cut`: the reply ended before its answer; nothing was measured."""

Cut = Literal["length", "thinking", "window", "broken_off"]
"""Why a reply ended before it was whole: at `max_tokens`, while it was still thinking, at the end
of the window, or by a fault of the provider's."""

Outcome = Literal[
    "recalled",
    "evicted",
    "lost_in_memory",
    "server_truncated",
    "opaque",
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

    question_id: str
    kind: str
    """Spec of the kind of question."""
    question: str
    """The words in which it is put."""
    expected: tuple[Value, ...]
    """The values that a full answer names: one, or all of a set; empty when the right answer is
    that it was never said."""
    stale: tuple[Value, ...] = ()
    """Values of the facts asked about that a later plant superseded."""
    planted: tuple[Value, ...] = ()
    """Other values said in this session so far: quoting one is a swap."""
    decoys: tuple[Value, ...] = ()
    """Values that the facts might have had in another session, never said in this one; the other
    answers to choose from where the question lists them."""
    shape: str | None = None
    """Regular expression of everything that a generated value could look like."""
    language: str = "en"
    """Code of the language that is spoken in the session, and that the answer is read in."""


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
    """The answer, without what was thought aloud before it."""
    finish_reason: str | None
    """As litellm names them: stop, length, content_filter, ...; None where not told."""
    prompt_tokens: int | None
    """The provider's count, as it reports it; None where it reports none."""
    cached_tokens: int | None = None
    written_tokens: int | None = None
    """Tokens of the prompt that were written to the provider's prefix cache, where that is told."""
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
    thinking: str = ""
    """What was thought aloud, in marks or beside the answer; never scored."""
    thinking_tokens: int | None = None
    """Of the completion tokens, by the provider's count; None where it tells none."""
    cut: Cut | None = None
    """Why the reply is not whole, so that a wrong answer in it is none; None for a whole one."""

    @property
    def whole_tokens(self) -> int | None:
        """Prompt tokens with what the provider left out of its count and told beside it."""
        return whole_prompt(self.prompt_tokens, self.cached_tokens, self.written_tokens)


def whole_prompt(counted: int | None, cached: int | None, written: int | None) -> int | None:
    """Tokens of a whole prompt, as far as one call can tell.

    A count that is smaller than the part of it that was cached does not hold that part.

    >>> whole_prompt(40, 900, None), whole_prompt(940, 900, None), whole_prompt(None, None, None)
    (940, 940, None)
    """
    beside = (cached or 0) + (written or 0)
    return counted + beside if counted is not None and beside > counted else counted
