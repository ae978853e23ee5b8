"""What the provider's meter says, out of responses that may say nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Meter readings of one call, in the provider's tokens; None where it gave none."""

    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    """Part of the prompt tokens that was read from the provider's prefix cache."""
    written_tokens: int | None = None
    """Part of the prompt tokens that was written to it, where that is charged apart."""
    completion_tokens: int | None = None


def read_usage(usage: Any) -> Usage:
    """The readings in a `usage` object, or mapping, of the OpenAI form.

    litellm turns a missing usage into zeros. No prompt is empty, so zero prompt tokens mean that
    nothing was measured.

    >>> read_usage({"prompt_tokens": 0, "completion_tokens": 0}).prompt_tokens is None
    True
    """
    prompt = _count(usage, "prompt_tokens")
    if not prompt:
        return Usage()
    return Usage(
        prompt_tokens=prompt,
        cached_tokens=_count(_field(usage, "prompt_tokens_details"), "cached_tokens"),
        written_tokens=_count(usage, "cache_creation_input_tokens"),
        completion_tokens=_count(usage, "completion_tokens"),
    )


def _field(holder: Any, name: str) -> Any:
    """A field of an object or of a mapping; None where there is none."""
    if holder is None:
        return None
    found: Mapping[str, Any] | None = holder if isinstance(holder, dict) else None
    return found.get(name) if found is not None else getattr(holder, name, None)


def _count(holder: Any, name: str) -> int | None:
    """A field that must be a count."""
    value = _field(holder, name)
    counted = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return value if counted else None
