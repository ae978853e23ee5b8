"""What the calls of a working session read and cost, by the price list; unknown stays unknown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.models.catalog import cost
from harness.models.usage import Usage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from harness.analysis.advice.model import Shape
    from harness.analysis.advice.working_session import Course
    from harness.models.catalog import Price

    Prices = Callable[[str, int], Price | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCall:
    """One call of the session, or of the model that writes its summaries."""

    model: str
    prompt_tokens: int
    cached_tokens: int
    """Of these, what the call before shares with it."""
    completion_tokens: int


def calls(course: Course, shape: Shape, *, model: str, writer: str) -> Iterator[SessionCall]:
    """The calls of a working session, one a turn, with one more for each summary.

    A provider's cache holds the prompt of the turn before; what stands behind a new summary it has
    never seen. A summary is written by a call that sends what it replaces.

    Args:
        course: How long the prompts are.
        shape: Of the session.
        model: The model that works.
        writer: The model that writes summaries.
    """
    before, said, due = 0, 0, list(course.compacted_at)
    total, turn = shape.session_tokens, shape.turn_tokens
    length = 0.0
    while said < total:
        grown = min(turn, total - said)
        said, length = said + grown, length + grown
        while due and due[0] < said:
            at = due.pop(0)
            full = length - (said - at)
            shared = before if writer == model else 0
            yield SessionCall(
                model=writer,
                prompt_tokens=round(full),
                cached_tokens=min(shared, round(full)),
                completion_tokens=shape.summary_tokens,
            )
            length, before = shape.summary_tokens + shape.kept_share * full + said - at, 0
        yield SessionCall(
            model=model, prompt_tokens=round(length), cached_tokens=before, completion_tokens=0
        )
        before = round(length)


def usd(every: list[SessionCall], price: Prices | None) -> float | None:
    """What the calls cost; None where a price is not known."""
    total = 0.0
    for call in every:
        asked = None if price is None else price(call.model, call.prompt_tokens)
        if asked is None:
            return None
        cached = call.cached_tokens if call.cached_tokens >= asked.cache_from_tokens else 0
        amount = cost(
            asked,
            Usage(
                prompt_tokens=call.prompt_tokens,
                cached_tokens=cached,
                completion_tokens=call.completion_tokens,
            ),
        )
        if amount is None:
            return None
        total += amount
    return total
