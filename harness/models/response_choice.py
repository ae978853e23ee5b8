"""The first choice of a provider's answer: what was said, what was thought, and why it ended.

Its one rule: it knows the shapes in which servers put these, and judges nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.core.errors import ModelError
from harness.core.thinking import split_thinking

if TYPE_CHECKING:
    from collections.abc import Iterator

_THINKING_FIELD = re.compile(r"reason|think|thought", re.IGNORECASE)
"""Names of fields and types that hold what was thought: `reasoning_content`, `thinking`, ..."""

_THINKING_FIELDS = (
    "reasoning_content", "reasoning", "thinking", "thoughts", "thought", "reasoning_details",
    "thinking_blocks", "reasoning_text",
)  # fmt: skip
"""Where servers put thinking beside the answer; some say the same twice, so the first counts."""

_TEXT_KEYS = ("text", "content", "thinking", "reasoning", "summary", "value", "output_text")
"""Where a typed part keeps its text."""

_NESTING = 8
"""Parts inside of parts are read to this depth."""

_CUT = re.compile(
    r"length|max_?(?:output_?|new_?|completion_?)?tokens|(?:token|context|output|window)_?\w*limit"
    r"|context_?window|incomplete|truncat",
    re.IGNORECASE,
)
_FILTERED = re.compile(
    r"content_?filter|safety|recitation|prohibited|blocklist|spii|refus|sensitive|moderat|guardrail",
    re.IGNORECASE,
)
_BROKEN = re.compile(r"error|abort|cancel|interrupt|fail", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstChoice:
    """What a model said, in the parts in which it came."""

    text: str
    """The answer without what was thought aloud."""
    thinking: str = ""
    unfinished: bool = False
    """Whether the text ends while it is still thinking."""
    marked: bool = False
    """Whether there was thinking in the text itself, in marks."""
    refusal: str = ""
    """What it says where it declines to answer."""
    reason: str | None = None
    """Why it ended, as litellm names it (stop, length, content_filter, error); None: not told."""
    broken: str | None = None
    """What the provider says of the fault that broke it off; None where it says nothing of one."""


def first_choice(response: Any) -> FirstChoice:
    """The first choice of an answer in OpenAI's form, an object or JSON.

    Raises:
        ModelError: There is none, or it has no message.
    """
    try:
        choice = field(response, "choices")[0]
    except (AttributeError, IndexError, KeyError, TypeError):
        raise ModelError("the response has no choices", kind="malformed", retryable=True) from None
    message = field(choice, "message")
    broken = _fault(choice)
    if message is None and broken is None:
        raise ModelError("the response has no message", kind="malformed", retryable=True)
    content = field(message, "content")
    if content is not None and not isinstance(content, str | list):
        raise ModelError("the answer's content is no text", kind="malformed", retryable=True)
    said = _said(content)
    parted = split_thinking(said.text)
    beside = _beside(message)
    reason = _reason(choice)
    return FirstChoice(
        text=parted.answer.strip() if beside or said.thinking else parted.answer,
        thinking="\n".join(filter(None, (beside, said.thinking, parted.thinking))),
        unfinished=parted.unfinished,
        marked=bool(parted.thinking),
        refusal=said.refusal or _text(field(message, "refusal")),
        reason="error" if broken is not None else reason,
        broken=broken,
    )


@dataclass(slots=True)
class _Said:
    """The texts of an answer's content, by what they are."""

    text: str = ""
    thinking: str = ""
    refusal: str = ""


def _said(content: str | list[Any] | None) -> _Said:
    """The texts of a content that is a text, or parts of several types."""
    if not isinstance(content, list):
        return _Said(text=content or "")
    said = _Said()
    for part in content:
        kind = "" if isinstance(part, str) else str(field(part, "type") or "")
        if _THINKING_FIELD.search(kind) or field(part, "thought") is True:
            said.thinking += _text(part)
        elif "refusal" in kind:
            said.refusal += _text(field(part, "refusal")) or _text(part)
        elif isinstance(part, str) or not kind or "text" in kind:
            said.text += _text(part)
    return said


def _beside(message: Any) -> str:
    """What was thought, where it is told beside the content."""
    for name in _THINKING_FIELDS:
        found = _text(field(message, name)).strip()
        if found:
            return found
    return ""


def _text(value: Any) -> str:
    """The text in a field that is a text, a part or a list of parts."""
    return "".join(_texts(value, _NESTING))


def _texts(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list) and depth:
        for item in value:
            yield from _texts(item, depth - 1)
    elif value is not None and depth:
        for name in _TEXT_KEYS:
            inner = field(value, name)
            if isinstance(inner, str | list) and inner:
                yield from _texts(inner, depth - 1)
                return


def _fault(choice: Any) -> str | None:
    """What a choice says of a fault in the midst of it; None where there was none."""
    fault = field(choice, "error")
    if not fault:
        return None
    said = fault if isinstance(fault, str) else field(fault, "message")
    return said if isinstance(said, str) else ""


def _reason(choice: Any) -> str | None:
    """Why the answer ended, in litellm's words where the provider has others."""
    told = field(choice, "finish_reason")
    if not isinstance(told, str) or not told:
        return None
    native = field(choice, "native_finish_reason")
    if native is None:  # where litellm keeps what it has no word for
        native = field(field(choice, "provider_specific_fields"), "native_finish_reason")
    for reason in (told, native if isinstance(native, str) else ""):
        if _FILTERED.search(reason):
            return "content_filter"
        if _CUT.search(reason):
            return "length"
        if _BROKEN.search(reason):
            return "error"
    return told


def field(holder: Any, name: str) -> Any:
    """A field of an object or of JSON; None where there is none."""
    return holder.get(name) if isinstance(holder, dict) else getattr(holder, name, None)
