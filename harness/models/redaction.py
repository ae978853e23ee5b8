"""Error texts fit to be stored and shown: one line, not too long, and without secrets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.models.options import MASK, without_keys

if TYPE_CHECKING:
    from collections.abc import Iterable

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


def without(text: str, secrets: Iterable[str]) -> str:
    """The text with the known secrets in it masked, and nothing else changed.

    >>> without("my key is hunter22", ["hunter22", "x"])
    'my key is ***'
    """
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, MASK)
    return text


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
    text = " ".join(text.split())
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + "…"
