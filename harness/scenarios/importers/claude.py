"""Claude.ai's data export: `conversations.json`, each conversation a list of chat messages.

Newer exports name each message's parent; then an edited message is a branch, and what is taken is
the way to the newest leaf. Older ones are the conversation as it stood.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.transcript import Transcript
from harness.scenarios.importers.rows import begins, each
from harness.scenarios.importers.saying import FILE, Saying
from harness.scenarios.importers.script import BRANCH, Script
from harness.scenarios.importers.values import first_text, obj, path_to, seq, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.core.messages import Role
    from harness.core.protocols import ImportSource
    from harness.core.transcript import Found, Row, Sample

_ROLES: Mapping[str, Role] = {"human": "user", "user": "user", "assistant": "assistant"}
_KNOWN = frozenset(
    ("uuid", "text", "content", "sender", "created_at", "updated_at", "attachments", "files",
     "files_v2", "parent_message_uuid", "index", "truncated", "stop_reason", "input_mode",
     "chat_feedback", "sync_sources", "metadata")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Claude:
    """Conversations of a Claude.ai export, pasted attachments with their text."""

    def recognises(self, sample: Sample, /) -> bool:
        """Whether the first record has chat messages."""
        return begins(sample, _is_conversation)

    def sessions(self, source: ImportSource, /) -> Iterator[Found]:
        """The conversations of `conversations.json`."""
        return each(
            source, _is_conversation, _conversation, expected="a conversation with 'chat_messages'"
        )


def _is_conversation(value: object) -> bool:
    return isinstance(obj(value).get("chat_messages"), list)


def _conversation(row: Row) -> Iterator[Found]:
    conversation = obj(row.value)
    script = Script()
    messages = [obj(message) for message in seq(conversation["chat_messages"])]
    for message in _current(messages, text(conversation.get("current_leaf_message_uuid")), script):
        role = script.role(text(message.get("sender")), _ROLES)
        if role is not None:
            script.say(role, _saying(message))
            script.fields(message, _KNOWN)
    yield from script.leavings()
    yield Transcript(
        id=first_text([conversation.get("uuid")]) or str(row.number),
        messages=tuple(script.messages),
        title=text(conversation.get("name")),
    )


def _current(
    messages: list[Mapping[str, object]], leaf: str, script: Script
) -> list[Mapping[str, object]]:
    """The messages of the current branch, where parents are named; else all of them."""
    by_id = {text(message.get("uuid")): message for message in messages}
    if len(by_id) < len(messages) or not any("parent_message_uuid" in m for m in messages):
        return messages
    parents = {key: text(message.get("parent_message_uuid")) for key, message in by_id.items()}
    if leaf not in by_id:
        held = set(parents.values())
        ends = [key for key in by_id if key not in held] or list(by_id)
        leaf = max(ends, key=lambda key: text(by_id[key].get("created_at")))
    way = path_to(leaf, parents)
    script.skip(BRANCH, len(messages) - len(way))
    return [by_id[key] for key in way]


def _saying(message: Mapping[str, object]) -> Saying:
    saying = Saying()
    parts = message.get("content")
    if parts:
        saying.add(parts)
    if not any(not isinstance(item, str) or item.strip() for item in saying.items):
        saying.add(text(message.get("text")))
    for attached in seq(message.get("attachments")):
        content = text(obj(attached).get("extracted_content"))
        if content.strip():
            saying.add(f"{text(obj(attached).get('file_name')) or 'attachment'}:\n{content}")
        else:
            saying.skipped.append(FILE)
    saying.skipped += [FILE] * len(seq(message.get("files")) or seq(message.get("files_v2")))
    return saying
