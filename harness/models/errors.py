"""What a failed call was: a refusal at the ceiling, a passing fault, or a mistake of ours.

litellm names most errors by type, but not all: the ceiling hides behind plain bad requests, and a
payload that is too large behind a rate limit. So the text has a say before the type has.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from harness.core.errors import ModelError, OverflowRefusedError
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
_SERVER = 500
_413 = re.compile(r"(?:error code|status(?: code)?|http)[: /]*413\b", re.IGNORECASE)

_OF_TYPE = {
    "Timeout": "timeout",
    "TimeoutError": "timeout",
    "TimeoutException": "timeout",
    "ContentPolicyViolationError": "content_filter",
    "AuthenticationError": "auth",
    "PermissionDeniedError": "auth",
    "PaymentRequiredError": "quota",
    "NotFoundError": "not_found",
    "RateLimitError": "rate_limit",
    "APIResponseValidationError": "malformed",
    "JSONDecodeError": "malformed",
    "UnicodeDecodeError": "malformed",
    "RecursionError": "malformed",
    "TooManyRedirects": "not_found",
    "ClientResponseError": "malformed",  # aiohttp's word for what is no HTTP; we ask for no status
    "RemoteProtocolError": "malformed",
    "DecodingError": "malformed",
    "EndlessBodyError": "malformed",
    "BadRequestError": "bad_request",
    "UnprocessableEntityError": "bad_request",
    "ServiceUnavailableError": "server",
    "BadGatewayError": "server",
    "InternalServerError": "server",
    "APIConnectionError": "connection",
    "ServerTimeoutError": "timeout",
    "ClientConnectionError": "connection",
    "ClientPayloadError": "connection",
    "InvalidURL": "bad_request",
    "ConnectError": "connection",
    "ConnectionError": "connection",
}
"""Names of the exceptions of litellm, the SDKs, httpx, aiohttp and Python; the nearest decides."""

_OF_CODE = {
    400: "bad_request",
    401: "auth",
    402: "quota",
    403: "auth",
    404: "not_found",
    408: "timeout",
    409: "server",
    422: "bad_request",
    429: "rate_limit",
}

_OF_TEXT: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "content_filter",
        re.compile(
            r"content[_ ](?:filter|policy)|content management policy|responsible ?ai"
            r"|safety (?:system|filter|settings)|flagged as potentially violating"
            r"|requires moderation|flagged (?:by|for) moderation",
            re.IGNORECASE,
        ),
    ),
    (
        "quota",
        re.compile(
            r"insufficient[_ ](?:quota|balance|credits?|funds)|exceeded your current quota"
            r"|credit balance|billing[_ ](?:hard[_ ])?(?:limit|not[_ ]active)"
            r"|(?:out of|run out of|no (?:more |remaining )?) ?credits|arrear"
            r"|payment (?:required|method)"
            r"|balance (?:is )?(?:too low|not enough|exhausted|insufficient)"
            r"|(?:spend(?:ing)?|usage)[_ ](?:limits?|cap)",
            re.IGNORECASE,
        ),
    ),
    (
        "auth",
        re.compile(
            r"(?:incorrect|invalid|missing|malformed)[ _]api[ _-]?key"
            r"|api[ _-]?key (?:is )?(?:not valid|invalid|expired|missing)",
            re.IGNORECASE,
        ),
    ),
    (
        "not_found",
        re.compile(
            r"model[_ ]not[_ ](?:found|exist)|not a valid model|(?:unknown|invalid|no such) model\b"
            r"|model ['\"`][^'\"`]{1,100}['\"`] (?:not found|does not exist|is not available)",
            re.IGNORECASE,
        ),
    ),
    (
        "connection",
        re.compile(
            r"connection error|cannot connect|connect call failed|server disconnected"
            r"|connection (?:refused|reset|aborted|closed)|name or service not known"
            r"|name resolution|nodename nor servname",
            re.IGNORECASE,
        ),
    ),
    (
        "malformed",
        re.compile(
            r"expecting (?:value|property name|',' delimiter)|extra data: line|unterminated string"
            r"|jsondecodeerror|(?:un)?able to (?:get|parse|decode) json|invalid json"
            r"|invalid response object|error parsing (?:the )?(?:response|json)"
            r"|litellm: provider returned|exceeds the limit \(\d+ digits\)"
            r"|maximum recursion depth|codec can't decode|illegal (?:status line|header|chunk)"
            r"|invalid (?:status line|header|http|chunk|content-length)"
            r"|bad (?:status line|chunk|http)|chunk(?:ed)? (?:header|size|transfer)"
            r"|transfer[ _-]?enc|data after `?connection"
            r"|without sending complete message|does not end|payload is not completed"
            r"|not enough data",
            re.IGNORECASE,
        ),
    ),
    ("timeout", re.compile(r"\btimed out\b|\btimeout\b|deadline exceeded", re.IGNORECASE)),
)
"""What is believed before the type, which says less."""

_MAY_BE_THE_CEILING = frozenset({"bad_request", "server", "unknown"})
"""Kinds that a refusal for its length may have, where its words are none that are known."""

_PASSING = frozenset({"connection", "server", "unknown"})
"""Kinds that litellm also gives to what it could not read."""

_BELIEVED: Mapping[str, frozenset[str]] = {
    "content_filter": _PASSING | {"bad_request", "auth"},
    "quota": frozenset({"rate_limit", "bad_request", "auth", "unknown"}),
    "auth": frozenset({"bad_request", "unknown"}),
    "not_found": frozenset({"bad_request", "unknown"}),
}
"""Kinds by type or status that a text may overrule; `_PASSING` where nothing else is said."""

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

_READ = 2000
"""Characters read of an error. Validation errors may echo the prompt, which may say anything."""


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
    told = _kind(names, code)
    kind = _by_text(told, text)
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
    if told == "quota" or _SPENT.search(text[:_READ]):
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


def _kind(names: list[str], code: int | None) -> str:
    """The short name of a failure by its type, else by its status."""
    kind = next((_OF_TYPE[name] for name in names if name in _OF_TYPE), None)
    if kind in {None, "bad_request"} and code is not None:  # litellm's bad request may be a 404
        kind = _OF_CODE.get(code, "server" if code >= _SERVER else kind)
    return kind or "unknown"


def _by_text(kind: str, text: str) -> str:
    """The short name of a failure by what it says, where that is believed; else as it was."""
    for name, pattern in _OF_TEXT:
        if kind in _BELIEVED.get(name, _PASSING) and pattern.search(text[:_READ]):
            return name
    return kind


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
    found = _PARAMETER.search(text[:_READ])
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
