"""What a failed call was: a refusal at the ceiling, a passing fault, or a mistake of ours.

litellm names most errors by type, but not all: the ceiling hides behind plain bad requests, and a
payload that is too large behind a rate limit. So the text has a say before the type has.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from harness.core.errors import ModelError, OverflowRefusedError
from harness.models.error_kinds import READ_OF_ERROR, kind_by_text, kind_by_type
from harness.models.overflow_messages import (
    asks_too_much,
    is_short_lived,
    of_a_rate,
    past_the_ceiling,
)
from harness.models.redaction import one_line
from harness.models.waits import asked_in_words, retry_after_s

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

RETRYABLE = frozenset(
    {"rate_limit", "timeout", "connection", "server", "malformed", "empty", "broken_off"}
)
"""Kinds of failure after which the same call may well succeed a little later."""

STOPPING = frozenset({"auth", "not_found", "quota"})
"""Kinds of failure that every other call to the same model would meet too."""

_TOO_LARGE = 413
_413 = re.compile(r"(?:error code|status(?: code)?|http)[: /]*413\b", re.IGNORECASE)

_MAY_BE_THE_CEILING = frozenset({"bad_request", "server", "unknown"})
"""Kinds that a refusal for its length may have, where its words are none that are known."""

_SPENT = re.compile(
    r"insufficient[_ ](?:quota|balance|credits?|funds)|credit balance|credits|arrear|payment"
    r"|billing[_ ](?:hard|limit|not|inactive)",
    re.IGNORECASE,
)
"""What only an account without money says; a quota of a minute or a day fills up again."""

_TOO_LARGE_A_RATE = re.compile(r"request too large|must be reduced", re.IGNORECASE)
"""A limit over time that a single prompt is past: no waiting cures it."""

_WRAPPING = re.compile(r"^(?:(?:litellm\.)?\w+(?:Error|Exception)\s*[:-]\s*)+")
"""Names of exceptions that litellm writes before what the provider said."""


class ServerRefusedError(Exception):
    """A server's own answer that is an error, before it is classified.

    Args:
        message: Its body.
        status_code: The HTTP status, or the one that the body speaks of.
        headers: Of the response.
    """

    def __init__(self, message: str, status_code: int, headers: Mapping[str, str]) -> None:
        super().__init__(message)
        self.message = message
        self.status_code = status_code
        self.headers = headers


def classify(
    error: BaseException,
    *,
    secrets: Iterable[str] = (),
    now_s: float | None = None,
    tokens: tuple[int, int] | None = None,
) -> ModelError:
    """The failure as the harness speaks of it; a refusal at the ceiling has its own type.

    Args:
        error: What the call raised.
        secrets: Texts that must not be in the message, such as the key of the call.
        now_s: Seconds since the epoch, to read a Retry-After that is a date.
        tokens: The fewest and the most tokens that the call may have asked for.
    """
    if isinstance(error, ModelError):
        return error
    text = _text(error)
    what = f"HTTP {error.status_code}" if isinstance(error, ServerRefusedError) else None
    message = one_line(f"{what or type(error).__name__}: {_plain(text)}", secrets)
    named_code = vars(error).get("code")  # no property of a library, which may warn
    if isinstance(named_code, str):  # as `context_length_exceeded`, which the text may not say
        text = f"{named_code} {text}"
    names = [base.__name__ for base in type(error).__mro__]
    code = _code(error)
    told = kind_by_type(names, code)
    kind = kind_by_text(told, text)
    wait_s = retry_after_s(error, text, now_s)
    if kind == "quota" and _fills_up_again(told, text, now_s):
        kind = "rate_limit"
    blocked = told in STOPPING or kind in {"content_filter", "timeout"}
    named = "ContextWindowExceededError" in names
    unsaid = kind in _MAY_BE_THE_CEILING and asks_too_much(text, tokens)
    if not blocked and (named or unsaid or _refused(code, text)):
        return OverflowRefusedError(message)
    given_up = kind == "rate_limit" and _TOO_LARGE_A_RATE.search(text) is not None
    retryable = kind in RETRYABLE and not given_up
    return ModelError(
        message,
        kind=kind,
        retryable=retryable,
        retry_after_s=wait_s if retryable else None,
        stops=kind in STOPPING,
        parameter=_parameter(text),
    )


def _fills_up_again(told: str, text: str, now_s: float | None) -> bool:
    """Whether what is used up is a share of some time, and no money.

    A header does not say so: it comes with every 429 of some providers.
    """
    if told == "quota" or _SPENT.search(text[:READ_OF_ERROR]):
        return False
    return asked_in_words(text, now_s) is not None or is_short_lived(text)


def _refused(code: int | None, text: str) -> bool:
    """Whether the provider refused the prompt for its length."""
    if past_the_ceiling(text):
        return True
    return (code == _TOO_LARGE or _says_413(text)) and not of_a_rate(text)


def _says_413(text: str) -> bool:
    """Whether a text has the status in it: litellm hands on 413 as a rate limit of code 429."""
    return _413.search(text) is not None


def _plain(text: str) -> str:
    """The provider's own sentence, out of the names and the JSON that are wrapped around it."""
    bare = _WRAPPING.sub("", text).strip()
    if bare.startswith("{"):
        try:
            body = json.loads(bare)
        except ValueError:
            return bare
        inner = body.get("error", body)
        said = inner.get("message") if isinstance(inner, dict) else inner
        return said if isinstance(said, str) and said else bare
    return bare or text


_PARAMETER = re.compile(r"""["']param(?:eter)?["']\s*:\s*["'](?P<name>[A-Za-z_]\w{0,60})["']""")


def _parameter(text: str) -> str | None:
    """The parameter that an error names in OpenAI's form, beside its words."""
    found = _PARAMETER.search(text[:READ_OF_ERROR])
    return None if found is None else found["name"]


def _text(error: BaseException) -> str:
    """What the error says, its own words first."""
    said = getattr(error, "message", None)
    return said if isinstance(said, str) and said else str(error)


def _code(error: BaseException) -> int | None:
    """The HTTP status, where the error knows it; the response's own comes first."""
    for holder in (getattr(error, "response", None), error):
        code = getattr(holder, "status_code", None)
        if isinstance(code, int | str) and str(code).isdigit():
            return int(code)
    return None
