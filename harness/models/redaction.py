"""Error texts fit to be stored and shown: one line, not too long, and without secrets."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

from harness.core.printable import printable, well_formed
from harness.models.options import MASK, secrets_in_addresses, without_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

MOST_CHARACTERS = 500
"""Length of a message at most; some providers send whole pages of HTML."""

_NAMED = re.compile(
    r"""(\b(?:[\w-]*api[-_ ]?key|access[-_ ]?token|auth[-_ ]?token|[\w-]*secret|password|token)
        (?:["']?\s*[:=]\s*|\s+(?:provided|is|was)[:\s]\s*)["'(]?)
        [^\s"',;})]{6,}""",
    re.IGNORECASE | re.VERBOSE,
)
_BEARER = re.compile(r"\b(bearer|basic)\s+[\w.~+/*-]{6,}=*", re.IGNORECASE)
_SHAPES = re.compile(
    r"\b(?:sk|pk|rk|gsk|xai|hf|ghp|gho|r8|pplx|nvapi|csk|fw)[-_][\w*.-]{6,}"  # prefixes of vendors
    r"|\bAIza[\w-]{10,}|\bAKIA\w{10,}|\bya29\.[\w.-]{10,}"  # Google and Amazon
    r"|\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]+)?"  # JSON web tokens
)
_MOST_READ = 20_000
_SHORTEST_SECRET = 4
"""A key of fewer characters (`x`, for a local server) is no secret, and is a part of words."""
SHORTEST_IN_REPLIES = _PART = 8
"""Characters of a secret that are struck wherever they stand: bodies quote the ends of keys."""
_NOT_ASCII = re.compile(r"[^\x21-\x7e]")


def without(text: str, secrets: Iterable[str], *, shortest: int = _SHORTEST_SECRET) -> str:
    """The text with the known secrets in it masked, whole or in part, and nothing else changed.

    Args:
        text: What may quote them.
        secrets: They; each is also looked for as addresses, JSON and Basic authorization write it.
        shortest: Characters of a secret that is looked for. In replies more than in errors: a short
            password is a word there.

    >>> without("my key is hunter22", ["hunter22", "x"])
    'my key is ***'
    >>> without("it ends in 9876fedc", ["0a-9876fedc"])
    'it ends in ***'
    """
    grams, wholes = _needles(tuple(secrets), shortest)
    if not grams and not wholes:
        return text
    folded = text.casefold() if text.isascii() else text
    if len(folded) <= _MOST_READ:
        standing = grams & {folded[i : i + _PART] for i in range(len(folded) - _PART + 1)}
    else:
        standing = frozenset(gram for gram in grams if gram in folded)
    spans = [span for part in (*standing, *wholes) for span in _found(folded, part)]
    return _masked(text, spans) if spans else text


@lru_cache(maxsize=64)
def _needles(secrets: tuple[str, ...], shortest: int) -> tuple[frozenset[str], tuple[str, ...]]:
    """What is looked for: each eight characters of a key; a short secret or a sentence whole."""
    grams: set[str] = set()
    wholes: set[str] = set()
    for secret in secrets:
        for form in _forms(secret) if len(secret) >= shortest else ():
            own = form.casefold() if form.isascii() else form
            if len(own) < _PART or _NOT_ASCII.search(own):
                wholes.add(own)
            else:
                grams |= {own[i : i + _PART] for i in range(len(own) - _PART + 1)}
    return frozenset(grams), tuple(sorted(wholes))


def _forms(secret: str) -> Iterator[str]:
    """A secret as it is, and as it is written in other places."""
    yield secret
    yield quote(secret, safe="", errors="replace")
    yield quote_plus(secret, errors="replace")
    yield json.dumps(secret)[1:-1]
    yield b64encode(secret.encode("utf-8", "surrogatepass")).decode().rstrip("=")


def _found(text: str, part: str) -> Iterator[tuple[int, int]]:
    at = text.find(part)
    while at >= 0:
        yield at, at + len(part)
        at = text.find(part, at + 1)


def _masked(text: str, spans: list[tuple[int, int]]) -> str:
    """The text with what lies in the spans masked; those that touch are one."""
    kept: list[str] = []
    end = -1
    for start, stop in sorted(spans):
        if start > end:
            kept += [text[max(end, 0) : start], MASK]
        end = max(end, stop)
    return "".join((*kept, text[end:]))


def secrets_in_env(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The values in an environment that are secrets, by the names of variables or their looks.

    >>> secrets_in_env({"MY_TOKEN": "abcdefgh-1", "PROXY": "http://a:secretpw@h", "TERM": "xterm"})
    ('abcdefgh-1', 'secretpw')
    """
    found: list[str] = []
    for name, value in environment.items():
        named = _VARIABLE.search(name) and not _PLAIN_VALUE.fullmatch(value)
        if (named or _SHAPES.fullmatch(value)) and len(value) >= _PART and "://" not in value:
            found.append(value)
        found += [text for text in secrets_in_addresses(value) if len(text) >= _PART]
    return tuple(dict.fromkeys(found))


_VARIABLE = re.compile(
    r"(?:\w*(?:APIKEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|COOKIE)"
    r"|(?:^|[_-])(?:KEY|PASS|AUTH|AUTHORIZATION|BEARER|PAT|PW|PWD|DSN|JWT|SIG|SIGNATURE))"
    r"S?(?:[_-]|$)",
    re.IGNORECASE,
)
_PLAIN_VALUE = re.compile(r"[a-z_]{0,11}|/\S*", re.IGNORECASE)
"""Words and paths: what a variable such as SSH_AUTH_SOCK holds."""


def one_line(text: str, secrets: Iterable[str] = ()) -> str:
    r"""The text without secrets, on one line, at most 500 characters long.

    Args:
        text: What a provider or a library said.
        secrets: Texts known to be secret, such as the key of the call.

    >>> one_line("Incorrect API key provided: sk-abcdefgh.\n  See the docs", ["hunter22"])
    'Incorrect API key provided: *** See the docs'
    """
    text = without(text[:_MOST_READ], secrets)
    text = _BEARER.sub(rf"\1 {MASK}", text)
    text = _SHAPES.sub(MASK, text)
    text = _NAMED.sub(rf"\1{MASK}", text)
    text = without_keys(text)
    text = printable(" ".join(well_formed(text).split()))
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + "…"
