"""Options of a model, as `-M key=value` gives them: text into the types that calls take."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from harness.core.draws import digest
from harness.core.errors import UsageError
from harness.models.option_names import (
    ADDRESSES,
    HEADERS,
    SECRET,
    SHORT,
    SHOWN,
    SHOWN_HEADERS,
    TEXT,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "none": None}
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

HASHED = "hash:"
"""What stands before the hash of an option that is stored as one."""

_URL = re.compile(
    r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*://)(?:(?P<user>[^\s/?#@\"'<>]*)@)?"
    r"(?P<place>[^\s?#\"'<>]*)(?:\?(?P<query>[^\s#\"'<>]*))?(?:#(?P<fragment>[^\s\"'<>]*))?"
)
_QUERY_VALUE = re.compile(r"(^|[&;])([^=&;]*)(?:=([^&;]*))?")
_LONGEST_PLAIN_NUMBER = 8
"""Characters of a number that may be shown whatever it is called."""


def without_keys(text: str) -> str:
    """The text, with whatever is secret in its addresses masked: user, query and fragment.

    >>> without_keys("http://ann:pass@host/v1?key=abc&v=1")
    'http://***@host/v1?key=***&v=***'
    """
    return _URL.sub(_without_keys, text) if "://" in text else text


def _without_keys(url: re.Match[str]) -> str:
    user = "" if url["user"] is None else f"{MASK}@"
    query = "" if url["query"] is None else f"?{_QUERY_VALUE.sub(_masked_pair, url['query'])}"
    fragment = "" if url["fragment"] is None else f"#{MASK}"
    return f"{url['scheme']}{user}{url['place']}{query}{fragment}"


def _masked_pair(pair: re.Match[str]) -> str:
    if pair[3] is None:
        return f"{pair[1]}{MASK if pair[2] else ''}"
    return f"{pair[1]}{pair[2]}={MASK}"


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
    if key in TEXT or SECRET.search(key):
        return text
    if stripped.lower() in _WORDS:
        return _WORDS[stripped.lower()]
    if _NUMBER.fullmatch(stripped):
        if stripped.lstrip("-").isdigit():
            # a number of thousands of digits is none that a provider reads
            return int(stripped) if len(stripped) <= _LONGEST_NUMBER else text
        number = float(stripped)
        return number if math.isfinite(number) else text
    if stripped[:1] in {"{", "["}:
        try:
            return json.loads(stripped)
        except (ValueError, RecursionError) as error:
            # The text itself is not shown: headers are given like this, and hold keys.
            raise UsageError(f"option '{key}' is no JSON: {error}") from error
    return text


def masked(options: Mapping[str, object]) -> dict[str, object]:
    """The options as they may be stored and shown, at any depth.

    Secrets are replaced, and so is every header that is not known to be none. An option that nobody
    here knows is stored as its hash, by which it can still be told from another.

    >>> masked({"api_key": "sk-1", "max_tokens": 5, "extra_headers": {"Authorization": "x"}})
    {'api_key': '***', 'max_tokens': 5, 'extra_headers': {'Authorization': '***'}}
    >>> masked({"stop": "END", "fancy": "sesame"})
    {'stop': 'END', 'fancy': 'hash:3ad969dc08cb'}
    """
    return {key: _shown(key, value) for key, value in options.items()}


def _shown(name: str, value: object) -> object:
    """The value of one option without what it opens."""
    if SECRET.search(name):
        return MASK
    if name.lower() in HEADERS and isinstance(value, dict):
        return {
            key: item if key.lower() in SHOWN_HEADERS else _unshown(key, item)
            for key, item in value.items()
        }
    if isinstance(value, dict):
        return masked({str(key): item for key, item in value.items()})
    if isinstance(value, list | tuple):
        return [_shown(name, item) for item in value]
    if isinstance(value, str) and name in ADDRESSES:
        return without_keys(value) if "://" in value else _bare_address(value)
    return value if _is_plain(name, value) else _unshown(name, value)


def _is_plain(name: str, value: object) -> bool:
    """Whether a single value of an option may be shown."""
    if value is None or isinstance(value, bool):
        return True
    text = str(value)
    if isinstance(value, int | float):
        return name in SHOWN or len(text) <= _LONGEST_PLAIN_NUMBER
    shown = name in SHOWN and "://" not in text and SHORT.fullmatch(text) is not None
    return shown and not looks_secret(text)


def _unshown(name: str, value: object) -> str:
    """What stands for a value: its hash, by which an answer may depend on it; not that of a key."""
    if SECRET.search(name):
        return MASK
    return f"{HASHED}{digest(['option', str(value)])[:12]}"


def _bare_address(text: str) -> str:
    """An address that was written without http://, as some providers take it."""
    return without_keys(f"x://{text}").removeprefix("x://")


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
    """The texts among the options that are not shown, so that they can be struck from other texts.

    >>> secrets({"api_key": "abcd", "stop": "END", "api_base": "http://a:pw-1@h/?code=xy12"})
    ('abcd', 'a', 'pw-1', 'xy12')
    """
    return tuple(dict.fromkeys(_secrets("", options)))


def _secrets(name: str, value: object) -> Iterator[str]:
    if isinstance(value, dict):
        header = name.lower() in HEADERS
        for key, item in value.items():
            if not (header and str(key).lower() in SHOWN_HEADERS):
                yield from _secrets(f"header {key}" if header else str(key), item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _secrets(name, item)
    elif isinstance(value, str) and value:
        yield from secrets_in_addresses(value)
        if "://" not in value and name not in ADDRESSES and not _is_plain(name, value):
            yield value
            scheme, _, rest = value.partition(" ")
            if rest and scheme.isalpha():
                yield rest.strip()  # of "Bearer ...", what comes behind
    elif isinstance(value, int) and not isinstance(value, bool) and SECRET.search(name):
        yield str(value)


def secrets_in_addresses(text: str) -> Iterator[str]:
    """What opens the addresses in a text: users, passwords, and values of queries."""
    for url in _URL.finditer(text if "://" in text else ""):
        if url["user"]:
            yield from (unquote(part) for part in url["user"].split(":", 1) if part)
        for pair in _QUERY_VALUE.finditer(url["query"] or ""):
            if found := pair[3] if pair[3] is not None else pair[2]:
                yield unquote(found)
        if url["fragment"]:
            yield unquote(url["fragment"])


def looks_secret(text: str) -> bool:
    """Whether a text may be a key by its looks: long, in one piece, and no plain word or number.

    >>> looks_secret("sk-proj-4Kd9s"), looks_secret("interactive"), looks_secret("llama-3.1-8b")
    (True, False, False)
    """
    if len(text) < _SHORTEST_KEY or not text.isascii() or _NO_KEY.fullmatch(text):
        return False
    kinds = (str.isdigit, str.isupper, str.islower)
    mixed = sum(any(map(kind, text)) for kind in kinds)
    return mixed > 1 or _PREFIXED.match(text) is not None


_SHORTEST_KEY = 12
_NO_KEY = re.compile(r"[-+\d.,:eE]+|[a-z]+(?:[-_.][a-z0-9]{1,9})*|.*[\s{}()\[\]].*", re.DOTALL)
"""Numbers and dates, words and names of models, sentences."""
_PREFIXED = re.compile(r"(?:sk|pk|rk|gsk|xai|hf|ghp|gho|r8|pplx|nvapi|csk|fw)[-_]")
_LONGEST_NUMBER = 300
