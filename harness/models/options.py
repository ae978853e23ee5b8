"""Options of a model, as `-M key=value` gives them: text into the types that calls take."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from harness.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "none": None}
_TEXT = frozenset(
    {"api_base", "api_version", "base_url", "model", "organization", "reasoning_effort", "user"}
)
"""Options that are text even when they look like a number or a word."""

_SECRET = re.compile(
    r"key|token(?!s)|secret|password|credential|authorization|cookie", re.IGNORECASE
)
"""Names of options whose values are never shown. `max_tokens` counts, it does not open."""

_HARMLESS = frozenset(
    {
        "cache_control_injection_points",
        "max_attempts",
        "max_retry_after_s",
        "max_wait_s",
        "timeout",
        "via",
    }
)
"""Options that change when an answer comes, and never which."""

MASK = "***"

_IN_URL = re.compile(
    r"(://)[^\s/:@]+:[^\s/@]+@|([?&](?:key|token|api_key|sig)=)[^\s&\"']+", re.IGNORECASE
)
"""User and password, or a key, in an address."""


def without_keys(text: str) -> str:
    """The text, with whatever opens a door in its addresses masked.

    >>> without_keys("http://ann:pass@host/v1?key=abc")
    'http://***@host/v1?key=***'
    """
    return _IN_URL.sub(lambda match: f"{match[1] or match[2]}{MASK}{'@' if match[1] else ''}", text)


def convert(options: Mapping[str, object]) -> dict[str, object]:
    """The options with text turned into numbers, booleans, lists and objects where it is one.

    Raises:
        UsageError: A value begins like JSON and is none.

    >>> convert({"temperature": "0.2", "think": "false", "extra_body": '{"top_k": 1}', "x": "a"})
    {'temperature': 0.2, 'think': False, 'extra_body': {'top_k': 1}, 'x': 'a'}
    """
    return {
        key: _value(key, value) if isinstance(value, str) else value
        for key, value in options.items()
    }


def _value(key: str, text: str) -> object:
    """One option's text as what it says."""
    stripped = text.strip()
    if key in _TEXT or _SECRET.search(key):
        return text
    if stripped.lower() in _WORDS:
        return _WORDS[stripped.lower()]
    if _NUMBER.fullmatch(stripped):
        number = float(stripped)
        return int(stripped) if stripped.lstrip("-").isdigit() else number
    if stripped[:1] in {"{", "["}:
        try:
            return json.loads(stripped)
        except ValueError as error:
            # The text itself is not shown: headers are given like this, and hold keys.
            raise UsageError(f"option '{key}' is no JSON: {error}") from error
    return text


def masked(options: Mapping[str, object]) -> dict[str, object]:
    """The options as they may be stored and shown: secrets replaced, at any depth.

    >>> masked({"api_key": "sk-1", "max_tokens": 5, "extra_headers": {"Authorization": "x"}})
    {'api_key': '***', 'max_tokens': 5, 'extra_headers': {'Authorization': '***'}}
    """
    return {key: MASK if _SECRET.search(key) else _shown(value) for key, value in options.items()}


def _shown(value: object) -> object:
    """A value with the secrets inside of it masked."""
    if isinstance(value, dict):
        return masked(value)
    if isinstance(value, list | tuple):
        return [_shown(item) for item in value]
    return without_keys(value) if isinstance(value, str) else value


def affecting_answer(options: Mapping[str, object]) -> dict[str, object]:
    """The options that can change an answer, in order; secrets never can, and are left out.

    >>> affecting_answer({"max_tokens": "64", "api_key": "sk-1", "timeout": "9"})
    {'max_tokens': 64}
    """
    shown = masked(convert(options))
    return {
        name: value
        for name, value in sorted(shown.items())
        if name not in _HARMLESS and value != MASK
    }


def secrets(options: Mapping[str, object]) -> tuple[str, ...]:
    """The secret texts among the options, so that they can be struck from other texts."""
    found: list[str] = []
    for key, value in options.items():
        if isinstance(value, dict):
            found += secrets(value)
        elif isinstance(value, str) and value and _SECRET.search(key):
            found.append(value)
    return tuple(found)
