"""A call by everything that can change its answer, and its result as a file keeps it.

What keeps answers (cassettes, the cache) names them by this. Only results are kept: a reply, a
refusal at the ceiling, an answer that a filter withheld. A fault that passes is no result.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from harness.core.draws import canonical, digest
from harness.core.errors import ModelError, OverflowRefusedError
from harness.core.parts import content_to_json
from harness.core.probe import Reply
from harness.models.call_options import CallOptions
from harness.models.redaction import SHORTEST_IN_REPLIES, without

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from harness.core.errors import AnsweredBy
    from harness.core.messages import Message

FORMAT = 1
"""Raised when the same call gets another name than before."""

Result: TypeAlias = Reply | ModelError
"""What a call came to."""

_RESULTS = frozenset({"overflow", "content_filter"})
"""Errors that the same call would meet again: they say something about the model."""

_TOLD = (
    "prompt_tokens", "cached_tokens", "written_tokens", "completion_tokens", "version",
    "thinking_tokens", "cut",
)  # fmt: skip
"""What the provider tells beside the answer, where it does."""


KEPT: dict[str, Any] = {
    "reply?": str,
    "finish_reason?": (str, None),
    "error?": str,
    "said?": str,
    "thinking?": str,
    **{f"{name}?": (str if name in {"version", "cut"} else int, None) for name in _TOLD},
}
"""What a result looks like in a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call, named by everything that can change its answer."""

    model: str
    options: Mapping[str, object]
    """Parameters that can change the answer, secrets left out."""
    prompt: str
    """Hash of the messages: 32 hexadecimal digits."""
    repeat: int
    asked: str
    """The last message, for people; no part of the name."""
    system: str = ""
    """Hash of the first message where that is the system prompt, by which a change of it is told;
    no part of the name, since `prompt` holds it."""

    @property
    def key(self) -> str:
        """The name: 32 hexadecimal digits."""
        return digest([FORMAT, self.model, self.options, self.prompt, self.repeat])


def call(
    model: str,
    options: Mapping[str, object],
    messages: Sequence[Message],
    repeat: int,
) -> Call:
    """The call that puts these messages to a model."""
    return Call(
        model=model,
        options=CallOptions.of(options).affecting_answer,
        prompt=_hash(messages),
        repeat=repeat,
        asked=messages[-1].text if messages else "",
        system=digest(messages[0].text, size=4)
        if messages and messages[0].role == "system"
        else "",
    )


def _hash(messages: Iterable[Message]) -> str:
    """The hash of a prompt; lengths stand before texts, so that no two prompts run together."""
    whole = hashlib.blake2b(digest_size=16)
    for message in messages:
        content = message.content
        if isinstance(content, str):
            text, form = content.encode("utf-8", "surrogatepass"), ""
        else:
            text, form = canonical(content_to_json(content)), "parts "
        whole.update(f"{message.role} {form}{len(text)}\n".encode())
        whole.update(text)
    return whole.hexdigest()


def to_line(result: Result, secrets: Iterable[str]) -> dict[str, Any] | None:
    """A result as JSON keeps it, without secrets; None where it is a fault that passes.

    Neither time nor price is in it: the one is another each time, the other is paid once.
    """
    if isinstance(result, ModelError):
        if result.kind not in _RESULTS:
            return None
        return {"error": result.kind, "said": without(str(result), secrets)}
    secrets = tuple(secrets)
    told = {name: getattr(result, name) for name in _TOLD}
    return {
        "reply": _struck(result.text, secrets),
        "finish_reason": result.finish_reason,
        **{name: value for name, value in told.items() if value is not None},
        **(
            {"thinking": without(result.thinking, secrets, shortest=SHORTEST_IN_REPLIES)}
            if result.thinking
            else {}
        ),
    }


def _struck(text: str, secrets: Iterable[str]) -> str:
    return without(text, secrets, shortest=SHORTEST_IN_REPLIES)


def from_line(data: Mapping[str, Any], source: AnsweredBy) -> Result:
    """The result that was kept: no call is made for it, and nothing is paid."""
    if "error" not in data:
        return Reply(
            text=data["reply"],
            finish_reason=data.get("finish_reason"),
            prompt_tokens=data.get("prompt_tokens"),
            cached_tokens=data.get("cached_tokens"),
            written_tokens=data.get("written_tokens"),
            completion_tokens=data.get("completion_tokens"),
            version=data.get("version"),
            thinking=data.get("thinking", ""),
            thinking_tokens=data.get("thinking_tokens"),
            cut=data.get("cut") or ("length" if data["finish_reason"] == "length" else None),
            cost_usd=0.0,
            attempts=0,
            answered_by=source,
        )
    said = data["said"]
    error = (
        OverflowRefusedError(said)
        if data["error"] == "overflow"
        else ModelError(said, kind=data["error"])
    )
    error.attempts = 0
    error.answered_by = source
    return error
