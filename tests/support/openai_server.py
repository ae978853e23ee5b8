"""An OpenAI-compatible server on loopback: a reference law behind real HTTP.

Faults are queued with `then`, and are given out before the law is asked again:

    server.then(rate_limited(retry_after_s=1), server_error())
"""

from __future__ import annotations

import json
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from werkzeug import Response

from harness.core.chat_format import from_chat
from harness.core.errors import OverflowRefusedError
from harness.models.reference import laws

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pytest_httpserver import HTTPServer
    from werkzeug import Request


@dataclass(frozen=True, slots=True)
class Fault:
    """An answer that is not the law's; `change` is merged into the law's own answer instead."""

    status: int = 200
    body: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    change: Mapping[str, Any] | None = None


def error_body(message: str, code: str | None = None, kind: str = "invalid_request_error") -> str:
    """An error as OpenAI words it."""
    return json.dumps({"error": {"message": message, "type": kind, "param": None, "code": code}})


def refused(message: str, status: int = 400, code: str | None = None) -> Fault:
    """Any refusal with a text of its own."""
    return Fault(status, error_body(message, code))


def overflow(limit: int = 8192, tokens: int = 9000) -> Fault:
    """The prompt is past the window, in OpenAI's words."""
    message = (
        f"This model's maximum context length is {limit} tokens. However, your messages resulted"
        f" in {tokens} tokens. Please reduce the length of the messages."
    )
    return Fault(400, error_body(message, "context_length_exceeded"))


def rate_limited(retry_after_s: float | None = None) -> Fault:
    """Too many calls; with or without word on when to come back."""
    headers = {} if retry_after_s is None else {"Retry-After": f"{retry_after_s:g}"}
    return Fault(429, error_body("Rate limit reached for requests", None, "requests"), headers)


def server_error(status: int = 500) -> Fault:
    """A fault of the server's own."""
    return Fault(status, error_body("The server had an error", None, "server_error"))


def malformed() -> Fault:
    """Half of an answer."""
    return Fault(200, '{"id": "x", "choices": [{"index": 0, "mess')


def without_usage() -> Fault:
    """The law's answer, and no meter reading."""
    return Fault(change={"usage": None})


def empty(finish_reason: str = "stop") -> Fault:
    """An answer without text."""
    message = {"role": "assistant", "content": ""}
    choice = {"index": 0, "finish_reason": finish_reason, "message": message}
    return Fault(change={"choices": [choice]})


def wrong_shapes(messages: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What OpenAI would refuse in the calls and results of a prompt."""
    waiting: list[str] = []
    for index, message in enumerate(messages):
        calls = message.get("tool_calls")
        if message["role"] == "tool":
            if message["tool_call_id"] not in waiting:
                yield f"messages[{index}] must be a response to a preceding 'tool_calls'"
            else:
                waiting.remove(message["tool_call_id"])
        elif waiting:
            yield f"tool_call_ids did not have response messages: {', '.join(waiting)}"
            waiting = []
        if not calls and not message["content"] and message["role"] != "tool":
            yield f"messages[{index}].content must not be empty"
        if calls is not None and (message["role"] != "assistant" or not calls):
            yield f"messages[{index}].tool_calls do not belong there"
        for call in calls or ():
            arguments = call["function"]["arguments"]
            if call["type"] != "function" or not isinstance(arguments, str):
                yield f"messages[{index}].tool_calls: arguments must be a string"
            json.loads(arguments)
            waiting.append(call["id"])
    if waiting:
        yield f"tool_call_ids did not have response messages: {', '.join(waiting)}"


class OpenAIServer:
    """The server. `requests` holds every body that came in.

    Args:
        server: The loopback server of pytest-httpserver.
        law: Which reference law answers.
    """

    def __init__(self, server: HTTPServer, law: str = "perfect") -> None:
        self.law = law
        self.delay_s = 0.0
        self.closing = threading.Event()
        """Nobody waits for an answer any more."""
        self.requests: list[dict[str, Any]] = []
        self.headers: list[Mapping[str, str]] = []
        self.api_base = server.url_for("/v1")
        self._faults: deque[Fault] = deque()
        at = server.expect_request("/v1/chat/completions", method="POST")
        at.respond_with_handler(self._handle)

    @property
    def options(self) -> dict[str, object]:
        """What a model needs to be told to come here."""
        return {"api_base": self.api_base, "api_key": "x"}

    def then(self, *faults: Fault) -> None:
        """Give these out first, one a call."""
        self._faults.extend(faults)

    def _handle(self, request: Request) -> Response:
        body = json.loads(request.get_data())
        self.requests.append(body)
        self.headers.append(dict(request.headers))
        if self.delay_s:
            self.closing.wait(self.delay_s)
        fault = self._faults.popleft() if self._faults else None
        if fault is not None and fault.body is not None:
            return Response(fault.body, fault.status, fault.headers, "application/json")
        wrong = next(wrong_shapes(body["messages"]), None)
        answer = refused(wrong) if wrong else self._answer(body)
        if fault is not None and isinstance(answer, dict):
            answer = {k: v for k, v in (answer | dict(fault.change or {})).items() if v is not None}
        if isinstance(answer, Fault):
            return Response(answer.body, answer.status, mimetype="application/json")
        return Response(json.dumps(answer), mimetype="application/json")

    def _answer(self, body: Mapping[str, Any]) -> dict[str, Any] | Fault:
        messages = [from_chat(message) for message in body["messages"]]
        try:
            answer = laws.resolve(self.law).answer(messages, body.get("max_tokens"))
        except OverflowRefusedError as error:
            return refused(str(error), code="context_length_exceeded")
        prompt, completion = answer.prompt_tokens, answer.completion_tokens
        usage = None
        if prompt is not None and completion is not None:
            usage = {"prompt_tokens": prompt, "completion_tokens": completion}
            usage["total_tokens"] = prompt + completion
            usage["prompt_tokens_details"] = {"cached_tokens": prompt // 2}
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 0,
            "model": body["model"],
            "choices": [
                {
                    "index": 0,
                    "finish_reason": answer.finish_reason,
                    "message": {"role": "assistant", "content": answer.text},
                }
            ],
            "usage": usage,
        }
