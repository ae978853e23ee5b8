"""What the provider's meter says, out of responses that may say nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.core.probe import whole_prompt

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Meter readings of one call, in the provider's tokens; None where it gave none."""

    prompt_tokens: int | None = None
    """As the provider counts them: some leave out of it what the two below tell."""
    cached_tokens: int | None = None
    """Tokens of the prompt that were read from the provider's prefix cache."""
    written_tokens: int | None = None
    """Tokens of the prompt that were written to it, where that is charged apart."""
    completion_tokens: int | None = None

    @property
    def whole_tokens(self) -> int | None:
        """Tokens of the whole prompt, as far as this call alone can tell."""
        return whole_prompt(self.prompt_tokens, self.cached_tokens, self.written_tokens)


def read_usage(usage: Any) -> Usage:
    """The readings in a `usage` object, or mapping, of the OpenAI form or Anthropic's.

    litellm turns a missing usage into zeros. No prompt is empty, so zero prompt tokens mean that
    nothing was measured, or that all of it was cached.

    >>> read_usage({"prompt_tokens": 0, "completion_tokens": 0}).prompt_tokens is None
    True
    """
    prompt = _first(usage, "prompt_tokens", "input_tokens")
    details = _field(usage, "prompt_tokens_details") or _field(usage, "input_tokens_details")
    told = (
        _count(details, "cached_tokens"),
        _first(usage, "cache_read_input_tokens", "prompt_cache_hit_tokens", "cached_tokens"),
    )
    cached = max((count for count in told if count is not None), default=None)
    written = _count(usage, "cache_creation_input_tokens")
    if not prompt and not cached and not written:
        return Usage()
    return Usage(
        prompt_tokens=prompt or 0,
        cached_tokens=cached,
        written_tokens=written,
        completion_tokens=_first(usage, "completion_tokens", "output_tokens"),
    )


def _first(holder: Any, *names: str) -> int | None:
    """The first of these fields that is a count above 0; else the first that is a count."""
    found = [count for count in (_count(holder, name) for name in names) if count is not None]
    return next((count for count in found if count), found[0] if found else None)


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
