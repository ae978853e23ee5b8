"""ChatGPT's data export: `conversations.json`, each conversation a tree of messages.

Edits and regenerated answers are branches; what is taken is the way from the root to
`current_node`, which is what the window shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.transcript import Transcript
from harness.scenarios.importers.rows import begins, each
from harness.scenarios.importers.saying import AUDIO, FILE, IMAGE, REASONING, VIDEO, Saying
from harness.scenarios.importers.script import BRANCH, Script
from harness.scenarios.importers.values import (
    first_text,
    named_thing,
    obj,
    path_to,
    seq,
    spelled_value,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.core.messages import Role
    from harness.core.protocols import ImportSource
    from harness.core.transcript import Found, Row, Sample

_ROLES: Mapping[str, Role] = {"user": "user", "assistant": "assistant", "system": "system"}
_CONTENTS = {
    "thoughts": REASONING,
    "reasoning_recap": REASONING,
    "user_editable_context": "custom instructions",
    "model_editable_context": "saved memory",
}
"""Types of content that are no part of what the two sides say."""
_TEXTS = frozenset(
    ("text", "multimodal_text", "code", "execution_output", "tether_quote", "system_error",
     "tether_browsing_display", "computer_output", "sonic_webpage", "")
)  # fmt: skip
_POINTERS = {
    "image_asset_pointer": IMAGE,
    "audio_asset_pointer": AUDIO,
    "real_time_user_audio_video_asset_pointer": AUDIO,
    "video_container_asset_pointer": VIDEO,
}
_HIDDEN = "hidden message"


@dataclass(frozen=True, slots=True)
class ChatGPT:
    """Conversations of a ChatGPT export, each along its current branch."""

    def recognises(self, sample: Sample, /) -> bool:
        """Whether the first record has a tree of messages."""
        return begins(sample, _is_conversation)

    def sessions(self, source: ImportSource, /) -> Iterator[Found]:
        """The conversations of `conversations.json`."""
        return each(
            source,
            _is_conversation,
            _conversation,
            expected="a conversation with 'mapping' and 'current_node'",
        )


def _is_conversation(value: object) -> bool:
    return isinstance(obj(value).get("mapping"), dict)


def _conversation(row: Row) -> Iterator[Found]:
    conversation = obj(row.value)
    nodes = {text(key): obj(node) for key, node in obj(conversation["mapping"]).items()}
    parents = {key: text(node.get("parent")) for key, node in nodes.items()}
    leaf = text(conversation.get("current_node"))
    way = path_to(leaf if leaf in nodes else _latest(nodes), parents)
    script = Script()
    for key in way:
        message = nodes[key].get("message")
        if message is not None:
            _say(script, obj(message))
    chosen = set(way)
    for key, node in nodes.items():
        if key not in chosen and _shown(obj(node.get("message"))):
            script.skip(BRANCH)
    yield from script.leavings()
    yield Transcript(
        id=first_text((conversation.get("conversation_id"), conversation.get("id")))
        or str(row.number),
        messages=tuple(script.messages),
        title=text(conversation.get("title")),
    )


def _latest(nodes: Mapping[str, Mapping[str, object]]) -> str:
    """The last leaf by its time, for a conversation that does not say where it is."""
    held = {text(node.get("parent")) for node in nodes.values()}
    leaves = [key for key in nodes if key not in held] or list(nodes)

    def when(key: str) -> float:
        time = obj(nodes[key].get("message")).get("create_time")
        return float(time) if isinstance(time, int | float) and abs(time) < 1e12 else 0.0  # noqa: PLR2004 -- the year 33658

    return max(leaves, key=when, default="")


def _shown(message: Mapping[str, object]) -> bool:
    """Whether a message is text that one of the two sides said to the other."""
    role = text(obj(message.get("author")).get("role"))
    if role not in {"user", "assistant"} or _called(message):
        return False
    script = Script()
    _say(script, message)
    return bool(script.messages)


def _called(message: Mapping[str, object]) -> str:
    """The tool that a message is addressed to, if it is to one."""
    recipient = spelled_value(message.get("recipient"))
    return "" if recipient in {"", "all"} else recipient


def _say(script: Script, message: Mapping[str, object]) -> None:
    author = obj(message.get("author"))
    role = text(author.get("role"))
    content = obj(message.get("content"))
    kind = text(content.get("content_type"))
    hidden = obj(message.get("metadata")).get("is_visually_hidden_from_conversation") is True
    if kind in _CONTENTS:
        script.skip(_CONTENTS[kind])
    elif kind not in _TEXTS:
        script.skip(named_thing("content of type", kind))
    elif role == "tool":
        said = _saying(content)
        given = Saying(skipped=said.skipped)
        given.result(said.text, name=author.get("name"))
        script.say("assistant", given)
    elif role not in _ROLES:
        script.skip(named_thing("message of role", role))
    elif _called(message):
        call = Saying()
        said = _saying(content)
        call.skipped += said.skipped
        call.call(_called(message), said.text)
        # An assistant that calls a tool says one reply in several messages.
        script.say("assistant", call, same_turn=True)
    elif hidden:
        if _saying(content).text:
            script.skip(_HIDDEN)
    else:
        said = _saying(content)
        said.skipped += _uploads(message, said.skipped.count(IMAGE))
        if role != "system" or said.text:
            script.say(_ROLES[role], said, same_turn=role == "assistant")


def _uploads(message: Mapping[str, object], pictures: int) -> list[str]:
    """What was uploaded with a message, without the pictures that stand in its text."""
    found: list[str] = []
    for attached in map(obj, seq(obj(message.get("metadata")).get("attachments"))):
        type_ = first_text(map(attached.get, ("mimeType", "mime_type")))
        if not type_.startswith("image/"):
            found.append(FILE)
        elif pictures:
            pictures -= 1
        else:
            found.append(IMAGE)
    return found


def _saying(content: Mapping[str, object]) -> Saying:
    saying = Saying()
    for part in seq(content.get("parts")):
        kind = obj(part).get("content_type")
        if isinstance(part, str):
            saying.add(part)
        elif kind in {"audio_transcription", "text"}:
            saying.add(spelled_value(obj(part).get("text")))
        else:
            saying.skipped.append(_POINTERS.get(text(kind)) or named_thing("part of type", kind))
    if not saying.items:
        # code that the assistant shows, or what a tool gave back
        said = first_text(map(content.get, ("text", "result", "summary")))
        if said:
            saying.add(said)
    return saying
