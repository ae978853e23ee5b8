"""Servers whose errors mislead, or that are hardly HTTP: one function a behaviour.

Each answers by the law when the same prompt comes again, or in the form that it asks for.
"""

from __future__ import annotations

import json
import time
from email.utils import formatdate
from typing import TYPE_CHECKING

from tests.support.zoo_server import Call, Sent

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
_FIRST = 1


# what is no HTTP, or no JSON that can be read: once, then the answer


def bad_chunk(call: Call) -> Sent | bytes:
    """A chunk whose length is no number."""
    return (
        call.reply()
        if call.number > _FIRST
        else _HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}"
    )


def no_http(call: Call) -> Sent | bytes:
    """Another protocol altogether."""
    return call.reply() if call.number > _FIRST else b"SSH-2.0-OpenSSH_9.6\r\n\r\n"


def negative_length(call: Call) -> Sent | bytes:
    """A body of fewer than no bytes."""
    return call.reply() if call.number > _FIRST else _HEAD + b"Content-Length: -5\r\n\r\n{}"


def length_too_long(call: Call) -> Sent | bytes:
    """A body that ends before its length."""
    return call.reply() if call.number > _FIRST else _HEAD + b"Content-Length: 500\r\n\r\n{}"


def length_too_short(call: Call) -> Sent | bytes:
    """A body that goes on past its length."""
    if call.number > _FIRST:
        return call.reply()
    return _HEAD + b'Content-Length: 12\r\n\r\n{"choices": [{"index": 0}]}'


def length_no_number(call: Call) -> Sent | bytes:
    """A length in words."""
    return call.reply() if call.number > _FIRST else _HEAD + b"Content-Length: many\r\n\r\n{}"


def bad_header(call: Call) -> Sent | bytes:
    """A header line that is none."""
    return call.reply() if call.number > _FIRST else b"HTTP/1.1 200 OK\r\n\x00nonsense\r\n\r\n{}"


def bad_status(call: Call) -> Sent | bytes:
    """A status that is no number."""
    return (
        call.reply() if call.number > _FIRST else b"HTTP/1.1 fine OK\r\nContent-Length: 2\r\n\r\n{}"
    )


def invalid_utf8(call: Call) -> Sent | bytes:
    """Half a character in the text."""
    if call.number > _FIRST:
        return call.reply()
    body = json.dumps(call.reply().body, ensure_ascii=False).encode()
    return Sent(body=body.replace(b'"content": "', b'"content": "\xff\xc3', 1))


def deep_json(call: Call) -> Sent:
    """More brackets than any parser goes down."""
    if call.number > _FIRST:
        return call.reply()
    return Sent(body='{"choices": ' + "[" * 200_000 + "]" * 200_000 + "}")


def huge_integer(call: Call) -> Sent:
    """A number of 6,000 digits."""
    if call.number > _FIRST:
        return call.reply()
    return Sent(body='{"choices": [], "created": ' + "9" * 6000 + "}")


def no_content(call: Call) -> Sent | bytes:
    """204: success without an answer."""
    return call.reply() if call.number > _FIRST else b"HTTP/1.1 204 No Content\r\n\r\n"


def empty_body(call: Call) -> Sent:
    """200, and nothing."""
    return call.reply() if call.number > _FIRST else Sent(body="")


def half_json(call: Call) -> Sent:
    """JSON that was cut."""
    return call.reply() if call.number > _FIRST else Sent(body='{"choices": [{"message": {"cont')


def a_web_page(call: Call) -> Sent:
    """The page of a proxy, with status 200."""
    if call.number > _FIRST:
        return call.reply()
    headers = {"Content-Type": "text/html"}
    return Sent(body="<html><body>Please log in</body></html>", headers=headers)


def hangs_up(call: Call) -> Sent | bytes:
    """The connection closes before a byte."""
    return call.reply() if call.number > _FIRST else b""


MALFORMED = (
    bad_chunk, no_http, negative_length, length_too_long, length_too_short, length_no_number,
    bad_header, bad_status, invalid_utf8, deep_json, huge_integer, no_content, empty_body,
    half_json, a_web_page, hangs_up,
)  # fmt: skip


def never_ends(call: Call) -> Iterator[bytes]:
    """A body without an end: 512 MB at most, so that a reader without a bound fails and not we."""
    yield _HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    block = b"a" * 65_536
    for _ in range(8_192):
        yield b"%x\r\n%s\r\n" % (len(block), block)


# limits over time, and money


def minute_quota(call: Call) -> Sent:
    """Gemini's 429 for a minute's quota, which speaks of plan and billing."""
    if call.number > _FIRST:
        return call.reply()
    return call.refused(
        "You exceeded your current quota, please check your plan and billing details. Quota"
        " exceeded for metric: generate_content_free_tier_requests, limit: 15 (quotaId:"
        " GenerateRequestsPerMinutePerProjectPerModel-FreeTier). Please retry in 0.05s.",
        429,
    )


def spent_account(call: Call) -> Sent:
    """OpenAI's 429 for an account without money, which never heals."""
    return call.refused(
        "You exceeded your current quota, please check your plan and billing details.",
        429,
        code="insufficient_quota",
        headers={"Retry-After": "1"},
    )


def waits_in_words(call: Call) -> Sent:
    """A wait in minutes and seconds, as Groq and OpenAI write it."""
    if call.number > _FIRST:
        return call.reply()
    return call.refused("Rate limit reached. Please try again in 0m0.08s.", 429)


def waits_by_reset(call: Call) -> Sent:
    """A wait in `x-ratelimit-reset-*` alone."""
    if call.number > _FIRST:
        return call.reply()
    headers = {"x-ratelimit-reset-requests": "80ms", "x-ratelimit-remaining-requests": "0"}
    return call.refused("Rate limit reached", 429, headers)


def waits_by_milliseconds(call: Call) -> Sent:
    """A wait in `retry-after-ms`."""
    if call.number > _FIRST:
        return call.reply()
    return call.refused("Rate limit reached", 429, {"retry-after-ms": "80"})


def waits_by_date(call: Call) -> Sent:
    """A wait until a date."""
    if call.number > _FIRST:
        return call.reply()
    # dates have whole seconds: what is left of this one is between 0.2 and 1.2 s
    date = formatdate(time.time() + 1.2, usegmt=True)
    return call.refused("Rate limit reached", 429, {"Retry-After": date})


def asks_for_hours(call: Call) -> Sent:
    """A wait that no run sits out."""
    return call.refused(
        "Rate limit reached on requests per day (RPD)", 429, {"Retry-After": "1h2m3.5s"}
    )


LIMITS = (minute_quota, waits_in_words, waits_by_reset, waits_by_milliseconds, waits_by_date)


# parameters that are refused until they are sent otherwise


def wants_max_completion_tokens(call: Call) -> Sent:
    """OpenAI's reasoning models."""
    if "max_tokens" not in call.body:
        return call.reply()
    return call.refused(
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use"
        " 'max_completion_tokens' instead.",
        param="max_tokens",
        code="unsupported_parameter",
    )


def takes_no_temperature(call: Call) -> Sent:
    """A model that takes its default temperature only."""
    if "temperature" not in call.body:
        return call.reply()
    return call.refused(
        "Unsupported value: 'temperature' does not support 0.0 with this model. Only the default"
        " (1) value is supported.",
        param="temperature",
    )


def takes_no_system_role(call: Call) -> Sent:
    """A chat template without a place for the system's message."""
    if all(message.role != "system" for message in call.messages):
        return call.reply()
    return call.refused("System role not supported")


def wants_alternating_roles(call: Call) -> Sent:
    """A template that knows the user and the assistant alone."""
    if call.messages[0].role == "user":
        return call.reply()
    return call.refused(
        "Conversation roles must alternate user/assistant/user/assistant/... (template error)"
    )


def takes_no_extra(call: Call) -> Sent:
    """A strict schema that names what it does not know, as FastAPI writes it."""
    extra = [name for name in ("seed", "temperature", "max_tokens") if name in call.body]
    if not extra:
        return call.reply()
    wrong = [
        {"type": "extra_forbidden", "loc": ["body", name], "msg": "Extra inputs are not permitted"}
        for name in extra[:1]
    ]
    return Sent(body={"detail": wrong}, status=422)


def refuses_everything(call: Call) -> Sent:
    """One refusal after the other, until nothing is left to leave out."""
    for name in ("max_completion_tokens", "max_tokens", "temperature"):
        if name in call.body:
            return call.refused(f"Unrecognized request argument supplied: {name}")
    return call.reply()


REFUSING = (
    wants_max_completion_tokens, takes_no_temperature, takes_no_system_role,
    wants_alternating_roles, takes_no_extra, refuses_everything,
)  # fmt: skip


def never_satisfied(call: Call) -> Sent:
    """A 400 that nothing mends, with a key in it."""
    return call.refused("the flux capacitor of sk-abcdef123456 is not charged")


def refuses_by_meaning(call: Call) -> Sent:
    """A ceiling in words that no list has."""
    tokens = call.answer.prompt_tokens or 0
    return call.refused(f"{tokens:,} tokens were handed in, {tokens // 2:,} is what fits", 422)
