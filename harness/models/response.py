"""A provider's answer as the harness keeps it, or the failure that it is in truth.

Both ways to a provider end here. An answer without text is no reply: it says nothing about memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.core.errors import ModelError
from harness.core.probe import Reply
from harness.models.catalog import cost, price
from harness.models.usage import read_usage

if TYPE_CHECKING:
    from harness.models.usage import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstChoice:
    """The first choice of an answer."""

    text: str
    reason: str | None
    """Why it ended."""
    thoughts: str = ""
    """Reasoning that was told apart from the text."""


def said(response: Any) -> FirstChoice:
    """The first choice of an answer in OpenAI's form, an object or JSON.

    Raises:
        ModelError: There is none.
    """
    try:
        choice = _field(response, "choices")[0]
        message = _field(choice, "message")
        content = _field(message, "content")
    except (AttributeError, IndexError, KeyError, TypeError):
        raise ModelError("the response has no choices", kind="malformed", retryable=True) from None
    if isinstance(content, list):  # parts, as some servers send them
        content = "".join(str(_field(part, "text") or "") for part in content)
    if content is not None and not isinstance(content, str):
        raise ModelError("the answer's content is no text", kind="malformed", retryable=True)
    reason = _field(choice, "finish_reason")
    thoughts = _field(message, "reasoning_content") or _field(message, "reasoning") or ""
    return FirstChoice(text=content or "", reason=reason, thoughts=str(thoughts))


def reply(model: str, response: Any, *, latency_s: float, attempt: int) -> Reply:
    """The answer as a reply.

    Args:
        model: As litellm names it, for the price.
        response: The answer in OpenAI's form, an object or JSON.
        latency_s: From the request to the end of the answer.
        attempt: Which call it was, counted from 1.

    Raises:
        ModelError: There is no text in it: filtered, cut before it began, or empty.
    """
    choice = said(response)
    raw_usage = _field(response, "usage")
    usage = read_usage(raw_usage)
    _check_text(choice, usage, _reasoning_tokens(raw_usage))
    return Reply(
        text=choice.text,
        finish_reason=choice.reason,
        prompt_tokens=usage.prompt_tokens,
        cached_tokens=usage.cached_tokens,
        completion_tokens=usage.completion_tokens,
        cost_usd=cost(price(model, usage.prompt_tokens or 0), usage),
        latency_s=latency_s,
        attempts=attempt,
        version=_version(response),
    )


def _version(response: Any) -> str | None:
    """What answered: the model that the provider names, and the fingerprint of its set-up."""
    parts = (_field(response, "model"), _field(response, "system_fingerprint"))
    return " ".join(part for part in parts if isinstance(part, str) and part) or None


def _check_text(choice: FirstChoice, usage: Usage, reasoning_tokens: int) -> None:
    """See that something was said.

    Raises:
        ModelError: Nothing was, and why.
    """
    text = choice.text.strip()
    unclosed = text.startswith("<think>") and "</think>" not in text
    if text and not (unclosed and choice.reason == "length"):
        return
    if choice.reason == "content_filter":
        raise ModelError("the provider's filter withheld the answer", kind="content_filter")
    if choice.reason == "error":
        raise ModelError("the provider broke off the answer", kind="server", retryable=True)
    if choice.reason == "length":
        spent = usage.completion_tokens
        told = "" if spent is None else f" of {spent:,} tokens"
        if unclosed or choice.thoughts or reasoning_tokens:
            raise ModelError(
                f"thinking used up the whole answer{told}: raise -M max_tokens, or lower"
                " -M reasoning_effort",
                kind="thinking",
            )
        raise ModelError(
            f"the answer{told} was cut before any text: raise -M max_tokens", kind="cut"
        )
    raise ModelError(
        f"the answer is empty (finish reason {choice.reason})", kind="empty", retryable=True
    )


def _reasoning_tokens(usage: Any) -> int:
    """Tokens that went into thinking; 0 where it is not told."""
    value = _field(_field(usage, "completion_tokens_details"), "reasoning_tokens")
    return value if isinstance(value, int) else 0


def _field(holder: Any, name: str) -> Any:
    """A field of an object or of JSON; None where there is none."""
    return holder.get(name) if isinstance(holder, dict) else getattr(holder, name, None)
