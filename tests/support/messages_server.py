"""Anthropic's Messages API on loopback, as its documentation describes it: a law behind it.

It edits the context (`clear_tool_uses_20250919`) and compacts it (`compact_20260112`): the block is
text, and what stands before it is not read any more.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from werkzeug import Response

from harness.core.messages import Message
from harness.models.reference import laws
from harness.models.reference.base import tokens_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pytest_httpserver import HTTPServer
    from werkzeug import Request

LEAST_TRIGGER = 50_000
CLEARED = "[Old tool result content cleared]"
_BETAS = {
    "compact_20260112": "compact-2026-01-12",
    "clear_tool_uses_20250919": "context-management-2025-06-27",
}


class RefusedError(Exception):
    """The API says no."""


class MessagesServer:
    """The server. `requests` holds every body that came in.

    Args:
        server: The loopback server of pytest-httpserver.
        law: Which reference law answers.
        keeps: Whether a sentence that is compacted gets into the block.
    """

    def __init__(
        self,
        server: HTTPServer,
        law: str = "perfect",
        *,
        keeps: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self.requests: list[dict[str, Any]] = []
        self.applied: list[dict[str, Any]] = []
        self.api_base = server.url_for("/v1")
        self._law, self._keeps = law, keeps
        server.expect_request("/v1/messages", method="POST").respond_with_handler(self._handle)

    @property
    def options(self) -> dict[str, object]:
        """What a model needs to be told to come here."""
        return {"api_base": self.api_base, "api_key": "x"}

    def _handle(self, request: Request) -> Response:
        body = json.loads(request.get_data())
        self.requests.append(body)
        if request.headers.get("x-api-key") != "x":
            return Response('{"type": "error", "error": {"message": "invalid x-api-key"}}', 401)
        try:
            return Response(
                json.dumps(self._answer(body, request.headers)), mimetype="application/json"
            )
        except RefusedError as error:
            said = {"type": "invalid_request_error", "message": str(error)}
            return Response(json.dumps({"type": "error", "error": said}), 400)

    def _answer(self, body: Mapping[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
        if "anthropic-version" not in headers:
            raise RefusedError("anthropic-version: header is required")
        if not isinstance(body.get("max_tokens"), int):
            raise RefusedError("max_tokens: Field required")
        edits = body.get("context_management", {}).get("edits", [])
        for edit in edits:
            if _BETAS[edit["type"]] not in headers.get("anthropic-beta", ""):
                raise RefusedError("context_management: Extra inputs are not permitted")
        messages = _read(body)
        applied: list[dict[str, Any]] = []
        for edit in edits:
            trigger = edit["trigger"]["value"]
            if edit["type"] == "compact_20260112":
                if trigger < LEAST_TRIGGER:
                    raise RefusedError(f"trigger.value must be at least {LEAST_TRIGGER}")
                if tokens_of(messages) >= trigger:
                    return self._compacted(body, messages, edit)
            elif tokens_of(messages) >= trigger:
                messages, cleared = _cleared(body, messages, edit["keep"]["value"])
                applied.append({"type": edit["type"], "cleared_tool_uses": cleared})
        self.applied += applied
        answer = laws.resolve(self._law).answer(messages, body["max_tokens"])
        return {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": body["model"],
            "content": [{"type": "text", "text": answer.text}],
            "stop_reason": "max_tokens" if answer.finish_reason == "length" else "end_turn",
            "usage": {
                "input_tokens": tokens_of(messages),
                "output_tokens": answer.completion_tokens,
            },
            "context_management": {"applied_edits": applied},
        }

    def _compacted(
        self, body: Mapping[str, Any], messages: Sequence[Message], edit: Mapping[str, Any]
    ) -> dict[str, Any]:
        if not edit.get("pause_after_compaction"):
            raise RefusedError("this server only pauses after a compaction")
        said = [one.text for one in messages if one.role != "system" and self._keeps(one.text)]
        summary = "\n".join(said)[:20_000]
        spent = {"input_tokens": tokens_of(messages), "output_tokens": len(summary) // 4}
        return {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": body["model"],
            "content": [{"type": "compaction", "content": summary}],
            "stop_reason": "compaction",
            "usage": {
                "input_tokens": 0, "output_tokens": 0,
                "iterations": [{"type": "compaction", **spent}],
            },
        }  # fmt: skip


def _read(body: Mapping[str, Any]) -> list[Message]:
    """What the model reads: from the last compaction block on."""
    found = [Message("system", body["system"])] if body.get("system") else []
    top = len(found)
    for message in body["messages"]:
        if message["role"] not in {"user", "assistant"}:
            raise RefusedError(f"messages: unexpected role '{message['role']}'")
        content = message["content"]
        if isinstance(content, str):
            found.append(Message(message["role"], content))
            continue
        for block in content:
            kind = block["type"]
            if kind == "compaction":
                del found[top:]
                found.append(Message("user", block["content"] or "Nothing."))
            elif kind == "tool_use":
                found.append(Message("assistant", f"{block['name']}({json.dumps(block['input'])})"))
            elif kind == "tool_result":
                found.append(Message("user", block["content"]))
            else:
                found.append(Message(message["role"], block["text"]))
    return found


def _cleared(
    body: Mapping[str, Any], messages: Sequence[Message], keep: int
) -> tuple[list[Message], int]:
    results = [
        block["content"]
        for message in body["messages"]
        if isinstance(message["content"], list)
        for block in message["content"]
        if block["type"] == "tool_result"
    ]
    old = set(results[: len(results) - keep]) if keep else set(results)
    return [
        Message("user", CLEARED) if one.text in old and one.role == "user" else one
        for one in messages
    ], len(old)
