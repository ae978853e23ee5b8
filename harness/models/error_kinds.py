"""Which kind of failure an error is by its type, its status and its words.

Its one rule: a text is believed only where the type says less than it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_SERVER = 500
READ_OF_ERROR = 2000
"""Characters read of an error. Validation errors may echo the prompt, which may say anything."""
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
_PASSING = frozenset({"connection", "server", "unknown"})
"""Kinds that litellm also gives to what it could not read."""
_BELIEVED: Mapping[str, frozenset[str]] = {
    "content_filter": _PASSING | {"bad_request", "auth"},
    "quota": frozenset({"rate_limit", "bad_request", "auth", "unknown"}),
    "auth": frozenset({"bad_request", "unknown"}),
    "not_found": frozenset({"bad_request", "unknown"}),
}
"""Kinds by type or status that a text may overrule; `_PASSING` where nothing else is said."""


def kind_by_type(names: list[str], code: int | None) -> str:
    """The short name of a failure by its type, else by its status."""
    kind = next((_OF_TYPE[name] for name in names if name in _OF_TYPE), None)
    if kind in {None, "bad_request"} and code is not None:  # litellm's bad request may be a 404
        kind = _OF_CODE.get(code, "server" if code >= _SERVER else kind)
    return kind or "unknown"


def kind_by_text(kind: str, text: str) -> str:
    """The short name of a failure by what it says, where that is believed; else as it was."""
    for name, pattern in _OF_TEXT:
        if kind in _BELIEVED.get(name, _PASSING) and pattern.search(text[:READ_OF_ERROR]):
            return name
    return kind
