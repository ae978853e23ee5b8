"""OpenAI's Responses API, over aiohttp: `responses/NAME`.

Built by its documentation, and never asked at OpenAI itself. Two things it does that chat
completions do not: it compacts a session into an item that nobody else can read
(`/responses/compact`), and it keeps the session (`previous_response_id`), so that a call sends only
what is new. Its one rule: a session that the server keeps is sent to it once; questions are forks
of what it keeps.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, ClassVar

from harness.core.compacted_items import OURS_TO_PROVIDERS, as_items, is_compaction
from harness.core.errors import ModelError
from harness.core.messages import Message
from harness.core.parts import Opaque, TextPart, opaque
from harness.models.base import ANSWER_TOKENS, most_tokens
from harness.models.catalog import cost, price
from harness.models.openai_http import NEVER_SENT, WireModel
from harness.models.response import reply
from harness.models.usage import read_usage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from harness.core.probe import Reply
    from harness.core.run_protocols import CallGate

ADDRESS = "https://api.openai.com/v1"
LEAST_TOKENS = 16
"""The API takes no smaller `max_output_tokens`."""
_PATH, _COMPACT = "responses", "responses/compact"
_OF_COMPACT = ("instructions", "prompt_cache_key", "service_tier")
"""Parameters that `/responses/compact` takes beside the model and the session."""


class ResponsesModel(WireModel):
    """A model behind the Responses API.

    Args:
        name: `responses/NAME`.
        options: Parameters of every call. With `server_state` the server keeps the session.
        gate: Says when a call may go out.
        tell: Is told what the model does not take.
    """

    _key_names: ClassVar[Mapping[str, str]] = {"responses": "OPENAI_API_KEY"}
    _home: ClassVar[str] = ADDRESS

    def __init__(
        self,
        name: str,
        options: Mapping[str, object],
        gate: CallGate | None = None,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(name, options, gate, tell)
        self._kept: dict[str, str] = {}
        """The id of the response that ends each session which the server keeps."""
        self._storing = asyncio.Lock()

    async def _call(
        self, messages: Sequence[Message], parameters: Mapping[str, object], attempt: int
    ) -> Reply:
        """One call, and what came of it."""
        if is_compaction(parameters):
            return await self._compacted(messages, parameters, attempt)
        stored = bool(parameters.get("server_state"))
        sent, extra, paid = messages, parameters, 0.0
        if stored:
            start, before, paid = await self._continued(messages, parameters)
            known = {} if before is None else {"previous_response_id": before}
            sent, extra = messages[start:], {**parameters, "store": True, **known}
        answer, latency_s = await self._answered(sent, extra, _PATH)
        if stored:
            self._kept[_name(messages)] = str(answer.get("id"))
        found = reply(
            self.name,
            as_chat(answer),
            latency_s=latency_s,
            attempt=attempt,
            max_tokens=most_tokens(parameters),
        )
        return replace(found, cost_usd=None if found.cost_usd is None else found.cost_usd + paid)

    async def _continued(
        self, messages: Sequence[Message], parameters: Mapping[str, object]
    ) -> tuple[int, str | None, float]:
        """From which message on the server is sent a prompt, behind which response, and the cost.

        What it keeps ends with a message of the user and its own reply to that. A session that was
        written beforehand is told to it up to the last such message; the reply that is written
        there gives way to the server's own.
        """
        ends = _ends(messages)
        if not ends:
            return 0, None, 0.0
        async with self._storing:
            last = ends[-1]
            place = next((end for end in reversed(ends) if _name(messages[:end]) in self._kept), 0)
            before = self._kept.get(_name(messages[:place])) if place else None
            paid = 0.0
            if place != last:
                start = _behind(messages, place)
                known = {} if before is None else {"previous_response_id": before}
                answer, _ = await self._answered(
                    messages[start:last],
                    {**parameters, "store": True, **known, "max_tokens": LEAST_TOKENS},
                    _PATH,
                )
                usage = read_usage(answer.get("usage"))
                paid = cost(price(self.name, usage.whole_tokens or 0), usage) or 0.0
                before = self._kept[_name(messages[:last])] = str(answer.get("id"))
        return _behind(messages, last), before, paid

    async def _compacted(
        self, messages: Sequence[Message], parameters: Mapping[str, object], attempt: int
    ) -> Reply:
        """What the provider leaves of a session: the user's messages, and an item for the rest."""
        answer, latency_s = await self._answered(messages, parameters, _COMPACT)
        left = tuple(_left(answer.get("output")))
        if not left:
            raise ModelError("the compaction left nothing", kind="malformed", retryable=True)
        usage = read_usage(answer.get("usage"))
        found = reply(
            self.name,
            {"choices": [{"message": {"content": "compacted"}, "finish_reason": "stop"}],
             "usage": answer.get("usage"), "model": answer.get("model")},
            latency_s=latency_s,
            attempt=attempt,
        )  # fmt: skip
        return replace(
            found,
            text=as_items(left),
            cost_usd=cost(price(self.name, usage.whole_tokens or 0), usage),
        )

    def _body(self, messages: Sequence[Message], parameters: Mapping[str, object]) -> bytes:
        """The request's body."""
        rest = {
            key: value
            for key, value in parameters.items()
            if key not in NEVER_SENT | OURS_TO_PROVIDERS and key not in ANSWER_TOKENS
        }
        if is_compaction(parameters):
            rest = {key: value for key, value in rest.items() if key in _OF_COMPACT}
        else:
            effort = rest.pop("reasoning_effort", None)
            if effort is not None:
                rest["reasoning"] = {"effort": effort}
            most = most_tokens(parameters)
            if most is not None:
                rest["max_output_tokens"] = max(most, LEAST_TOKENS)
        extra = parameters.get("extra_body")
        body = {
            "model": self._model,
            **rest,
            **(extra if isinstance(extra, dict) else {}),
            "input": [item for message in messages for item in to_items(message)],
        }
        return json.dumps(body, separators=(",", ":")).encode()


def to_items(message: Message) -> Iterator[dict[str, Any]]:
    """A message as items of an input."""
    result = message.result
    if result is not None:
        yield {
            "type": "function_call_output", "call_id": result.call_id, "output": result.text
        }  # fmt: skip
        return
    if isinstance(message.content, str):
        yield {"role": message.role, "content": message.content}
        return
    said = [part.text for part in message.content if isinstance(part, TextPart)]
    for part in message.content:
        if isinstance(part, Opaque):
            yield json.loads(part.data)
    if said:
        yield {"role": message.role, "content": "\n".join(said)}
    for call in message.calls:
        yield {
            "type": "function_call", "call_id": call.id, "name": call.name,
            "arguments": call.arguments,
        }  # fmt: skip


def as_chat(answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer in the form of chat completions.

    Raises:
        ModelError: The response failed.
    """
    texts, refusals = [], []
    output = answer.get("output")
    for item in output if isinstance(output, list) else []:
        parts = item.get("content") if isinstance(item, dict) else None
        for part in parts if isinstance(parts, list) else []:
            texts.append(part.get("text") or "")
            refusals.append(part.get("refusal") or "")
    status = answer.get("status")
    if status == "failed":
        error = answer.get("error") or {}
        raise ModelError(
            f"the response failed: {error.get('message', 'no reason given')}", kind="broken_off"
        )
    why = (answer.get("incomplete_details") or {}).get("reason") if status == "incomplete" else None
    reason = {"max_output_tokens": "length", "content_filter": "content_filter"}
    return {
        "model": answer.get("model"),
        "usage": answer.get("usage"),
        "choices": [
            {
                "finish_reason": "stop" if why is None else reason.get(str(why), "error"),
                "message": {
                    "role": "assistant",
                    "content": "".join(texts),
                    "refusal": "".join(refusals) or None,
                },
            }
        ],
    }


def _left(output: object) -> Iterator[Message]:
    """What `/responses/compact` gives back, as messages."""
    for item in output if isinstance(output, list) else []:
        if not isinstance(item, dict):
            continue
        if item.get("type") in {"compaction", "compaction_summary"}:
            yield Message("assistant", (opaque(item, "compaction"),))
        elif item.get("role") in {"user", "assistant"}:
            parts = item.get("content")
            said = (
                parts
                if isinstance(parts, str)
                else "\n".join(
                    str(part.get("text") or "") for part in parts or [] if isinstance(part, dict)
                )
            )
            if said:
                yield Message(item["role"], said)


def _ends(messages: Sequence[Message]) -> list[int]:
    """Where a session before the question may end that the server keeps: behind a user's message.

    The last messages from the last one of the user on are the question.
    """
    users = [index + 1 for index, message in enumerate(messages) if message.role == "user"]
    return users[:-1]


def _behind(messages: Sequence[Message], end: int) -> int:
    """The first message that the server has not got: behind its own reply, where one is written."""
    answered = 0 < end < len(messages) and messages[end].role == "assistant"
    return end + 1 if answered else end


def _name(messages: Sequence[Message]) -> str:
    """Names a session by its messages."""
    whole = blake2b(digest_size=16)
    for message in messages:
        whole.update(message.hash.encode())
    return whole.hexdigest()
