"""A provider's answer as the harness keeps it, or the failure that it is in truth.

Both ways to a provider end here. A reply that ended before its answer says nothing about memory:
it is handed on as what it is, and nobody scores it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.core.errors import ModelError
from harness.core.probe import Reply
from harness.core.thinking import split_thinking
from harness.models.catalog import cost, price
from harness.models.response_choice import field, first_choice
from harness.models.usage import read_usage

if TYPE_CHECKING:
    from harness.core.probe import Cut
    from harness.models.response_choice import FirstChoice
    from harness.models.usage import Usage

BROKEN_OFF_TRIES = 3
"""Calls after which an answer that is broken off each time is taken as it is."""


def reply(
    model: str,
    response: Any,
    *,
    latency_s: float,
    attempt: int,
    last_attempt: int = BROKEN_OFF_TRIES,
    max_tokens: int | None = None,
) -> Reply:
    """The answer as a reply.

    Args:
        model: As litellm names it, for the price.
        response: The answer in OpenAI's form, an object or JSON.
        latency_s: From the request to the end of the answer.
        attempt: Which call it was, counted from 1.
        last_attempt: From this call on an answer that was broken off is taken as it is.
        max_tokens: What the answer was allowed; some servers say `stop` where they cut it.

    Raises:
        ModelError: There is no answer: refused, filtered, empty, or broken off and worth another
            call.
    """
    choice = first_choice(response)
    raw_usage = field(response, "usage")
    usage = read_usage(raw_usage)
    if choice.reason == "error" and attempt < last_attempt:
        what = f": {choice.broken}" if choice.broken else ""
        raise ModelError(
            f"the provider broke off the answer{what}", kind="broken_off", retryable=True
        )
    thinking_tokens = _thinking_tokens(raw_usage)
    cut = _cut(choice, usage, max_tokens)
    text, thinking = _answer(choice, cut)
    if not text.strip():
        _check_empty(choice, cut)
        if choice.thinking or choice.unfinished or thinking_tokens:
            cut = "broken_off" if cut == "broken_off" else "thinking"
    return Reply(
        text=text,
        finish_reason=choice.reason,
        prompt_tokens=usage.prompt_tokens,
        cached_tokens=usage.cached_tokens,
        written_tokens=usage.written_tokens,
        completion_tokens=usage.completion_tokens,
        cost_usd=cost(price(model, usage.whole_tokens or 0), usage),
        latency_s=latency_s,
        attempts=attempt,
        version=_version(response),
        thinking=thinking,
        thinking_tokens=thinking_tokens,
        cut=cut,
    )


def why_cut(
    reply: Reply, *, fixed: bool = False, given: int | None = None, limit: int | None = None
) -> str:
    """Why a reply holds no answer, and what to change: `kind: what happened: what mends it`.

    Args:
        reply: One that is cut.
        fixed: Whether the answer's room was somebody's wish; else all that there was was given.
        given: Tokens that the answer could have, as far as we said so.
        limit: Tokens of the window.
    """
    spent = reply.completion_tokens
    of = "" if spent is None else f" of {spent:,} tokens"
    room = _more_room(given, limit, fixed=fixed, thinks=reply.cut == "thinking")
    began = bool(reply.text.strip())
    if reply.cut == "broken_off":
        return "broken_off: the provider broke off the answer: --resume RUN --retry-errors"
    if reply.cut == "thinking":
        return (
            f"thinking: thinking used up the whole answer{of}: {room}, or lower -M reasoning_effort"
        )
    if reply.cut == "window":
        return f"cut: the window ended the answer{of}: a lower fill (--fills), or a larger -w"
    when = "in the midst of its text" if began else "before any text"
    return f"cut: the answer{of} was cut {when}: {room}"


_MORE = 4
"""Times the room that was too little: what is proposed instead, as the next power of two."""
_FOR_THINKING = 1_024
"""Tokens that a model which thinks needs at least."""


def _more_room(given: int | None, limit: int | None, *, fixed: bool, thinks: bool) -> str:
    """What gives an answer more room than it had, and leaves the session half of the window."""
    if given is None:
        return "a larger -M max_tokens, or a larger -w"
    wanted = max(_MORE * given, _FOR_THINKING if thinks else 0)
    more = 1 << (wanted - 1).bit_length()
    if limit is not None and more > limit // 2:
        return f"a larger -w, and more than -M max_tokens={given}" if fixed else "a larger -w"
    raised = f"-M max_tokens={more}"
    return f"raise it to {raised}" if fixed else f"{raised}, or a larger -w"


def _answer(choice: FirstChoice, cut: Cut | None) -> tuple[str, str]:
    """What is said to whoever asked, and what was thought aloud before it.

    Where a whole reply holds nothing but what a server took for thinking, that is the answer: it
    takes all that comes before a closing mark for it, and some models write none.
    """
    if choice.text.strip() or cut is not None or choice.unfinished or choice.marked:
        return choice.text, choice.thinking
    beside = split_thinking(choice.thinking)
    return beside.answer, beside.thinking


def _cut(choice: FirstChoice, usage: Usage, max_tokens: int | None) -> Cut | None:
    """Why the reply ended before it was whole; None where it did not, as far as can be told."""
    if choice.reason == "error":
        return "broken_off"
    spent = usage.completion_tokens
    used_up = max_tokens is not None and spent is not None and spent >= max_tokens
    return "length" if choice.reason == "length" or used_up else None


def _check_empty(choice: FirstChoice, cut: Cut | None) -> None:
    """See that a reply without an answer is one that was cut.

    Raises:
        ModelError: It is not: the model refused, a filter withheld it, or it is empty.
    """
    if choice.refusal.strip():
        raise ModelError(
            f"the model refused: {' '.join(choice.refusal.split())}", kind="content_filter"
        )
    if choice.reason == "content_filter":
        raise ModelError("the provider's filter withheld the answer", kind="content_filter")
    if cut is None and not (choice.thinking or choice.unfinished):
        raise ModelError(
            f"the answer is empty (finish reason {choice.reason})", kind="empty", retryable=True
        )


def _version(response: Any) -> str | None:
    """What answered: the model that the provider names, and the fingerprint of its set-up."""
    parts = (field(response, "model"), field(response, "system_fingerprint"))
    return " ".join(part for part in parts if isinstance(part, str) and part) or None


def _thinking_tokens(usage: Any) -> int | None:
    """Tokens that went into thinking; None where it is not told."""
    for holder in ("completion_tokens_details", "output_tokens_details"):
        value = field(field(usage, holder), "reasoning_tokens")
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
    return None
