"""Anthropic's Messages API, over aiohttp: `messages/NAME`.

Built by its documentation, and never asked at Anthropic itself. It is for what litellm does not
hand on: context editing (`context_management`), and compaction blocks.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from harness.core.compacted_items import OURS_TO_PROVIDERS, as_items, is_compaction
from harness.core.errors import ModelError
from harness.core.messages import Message
from harness.core.parts import Opaque, TextPart, opaque
from harness.models.base import ANSWER_TOKENS, most_tokens
from harness.models.catalog import cost, price
from harness.models.openai_http import NEVER_SENT, WireModel
from harness.models.response import reply
from harness.models.usage import Usage, read_usage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.core.probe import Reply

ADDRESS = "https://api.anthropic.com/v1"
VERSION = "2023-06-01"
COMPACT = "compact_20260112"
LEAST_TRIGGER = 50_000
"""The API compacts no prompt that is shorter, in tokens."""
_BETAS = {COMPACT: "compact-2026-01-12"}
_EDITING = "context-management-2025-06-27"
_MOST = 4_096
"""Tokens of a summary, where nothing is said of it; the API wants a number."""
_REASONS = {
    "end_turn": "stop", "stop_sequence": "stop", "pause_turn": "stop", "compaction": "stop",
    "tool_use": "tool_calls", "max_tokens": "length", "model_context_window_exceeded": "length",
    "refusal": "content_filter",
}  # fmt: skip


class MessagesModel(WireModel):
    """A model behind the Messages API.

    Args:
        name: `messages/NAME`.
        options: Parameters of every call.
        gate: Says when a call may go out.
        tell: Is told what the model does not take.
    """

    _key_names: ClassVar[Mapping[str, str]] = {"messages": "ANTHROPIC_API_KEY"}
    _home: ClassVar[str] = ADDRESS

    async def _call(
        self, messages: Sequence[Message], parameters: Mapping[str, object], attempt: int
    ) -> Reply:
        """One call, and what came of it."""
        if is_compaction(parameters):
            edit = {
                "type": COMPACT,
                "trigger": {"type": "input_tokens", "value": LEAST_TRIGGER},
                "pause_after_compaction": True,
            }
            parameters = {
                "max_tokens": _MOST,
                **parameters,
                "context_management": {"edits": [edit]},
            }
        answer, latency_s = await self._answered(messages, parameters, "messages")
        found = reply(
            self.name,
            _as_chat(answer),
            latency_s=latency_s,
            attempt=attempt,
            max_tokens=most_tokens(parameters),
        )
        return self._left(answer, found) if is_compaction(parameters) else found

    def _left(self, answer: Mapping[str, Any], found: Reply) -> Reply:
        """The block that the provider leaves of a session.

        Raises:
            ModelError: It left none.
        """
        blocks = [one for one in answer.get("content") or [] if one.get("type") == "compaction"]
        if not blocks:
            raise ModelError(
                f"the provider compacted nothing: it compacts no prompt under {LEAST_TRIGGER:,}"
                " tokens; use a larger -w",
                kind="bad_request",
            )
        usage = _whole(answer.get("usage"))
        return replace(
            found,
            text=as_items(
                [Message("assistant", tuple(opaque(one, "compaction") for one in blocks))]
            ),
            prompt_tokens=usage.prompt_tokens,
            completion_tokens=usage.completion_tokens,
            cost_usd=cost(price(self.name, usage.whole_tokens or 0), usage),
            cut=None,
        )

    def _headers(self, parameters: Mapping[str, object]) -> dict[str, str]:
        """The request's headers, with the name of each beta that it needs."""
        headers = super()._headers(parameters)
        headers.pop("Authorization", None)
        key = self._key(parameters)
        betas = [headers["anthropic-beta"]] if headers.get("anthropic-beta") else []
        managed = parameters.get("context_management")
        edits = managed.get("edits") if isinstance(managed, dict) else None
        betas += [_BETAS.get(str(edit.get("type")), _EDITING) for edit in edits or []]
        return {
            "anthropic-version": VERSION,
            **headers,
            **({"x-api-key": key} if key else {}),
            **({"anthropic-beta": ",".join(dict.fromkeys(betas))} if betas else {}),
        }

    def _body(self, messages: Sequence[Message], parameters: Mapping[str, object]) -> bytes:
        """The request's body."""
        system = [message.text for message in messages if message.role == "system"]
        extra = parameters.get("extra_body")
        body = {
            "model": self._model,
            "max_tokens": most_tokens(parameters) or _MOST,
            **{
                key: value
                for key, value in parameters.items()
                if key not in NEVER_SENT | OURS_TO_PROVIDERS and key not in ANSWER_TOKENS
            },
            **(extra if isinstance(extra, dict) else {}),
            **({"system": "\n\n".join(system)} if system else {}),
            "messages": [_to_blocks(message) for message in messages if message.role != "system"],
        }
        return json.dumps(body, separators=(",", ":")).encode()


def _to_blocks(message: Message) -> dict[str, Any]:
    """A message as this API takes it: a tool's result is the user's."""
    result = message.result
    if result is not None:
        block = {"type": "tool_result", "tool_use_id": result.call_id, "content": result.text}
        return {"role": "user", "content": [block]}
    if isinstance(message.content, str):
        return {"role": message.role, "content": message.content}
    blocks: list[Any] = [
        json.loads(part.data) if isinstance(part, Opaque) else {"type": "text", "text": part.text}
        for part in message.content
        if isinstance(part, Opaque | TextPart)
    ]
    blocks += [
        {"type": "tool_use", "id": one.id, "name": one.name, "input": json.loads(one.arguments)}
        for one in message.calls
    ]
    return {"role": message.role, "content": blocks}


def _as_chat(answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer in the form of chat completions."""
    content = answer.get("content")
    blocks = [one for one in content if isinstance(one, dict)] if isinstance(content, list) else []
    reason = str(answer.get("stop_reason"))
    said = "".join(one.get("text") or "" for one in blocks if one.get("type") == "text")
    thought = "".join(one.get("thinking") or "" for one in blocks if one.get("type") == "thinking")
    if reason == "compaction":
        said = said or "compacted"
    return {
        "model": answer.get("model"),
        "usage": answer.get("usage"),
        "choices": [
            {
                "finish_reason": _REASONS.get(reason, reason),
                "message": {
                    "role": "assistant",
                    "content": said,
                    **({"reasoning_content": thought} if thought else {}),
                },
            }
        ],
    }


def _whole(usage: object) -> Usage:
    """What a call came to with all its passes: the sums at the top leave the compaction's out."""
    passes = usage.get("iterations") if isinstance(usage, dict) else None
    if not isinstance(passes, list) or not passes:
        return read_usage(usage)
    read = [read_usage(one) for one in passes]
    return Usage(
        prompt_tokens=sum(one.whole_tokens or 0 for one in read),
        completion_tokens=sum(one.completion_tokens or 0 for one in read),
    )
