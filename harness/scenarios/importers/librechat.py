"""LibreChat's JSON export: one conversation, its messages in a row or as a tree.

Where several branches were exported, what is taken is the way to the newest message.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.transcript import Transcript
from harness.scenarios.importers.rows import begins, each
from harness.scenarios.importers.saying import FILE, IMAGE, Saying
from harness.scenarios.importers.script import BRANCH, Script
from harness.scenarios.importers.values import first_text, named_thing, obj, path_to, seq, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.core.protocols import ImportSource
    from harness.core.transcript import Found, Row, Sample


@dataclass(frozen=True, slots=True)
class LibreChat:
    """The conversation of a LibreChat export."""

    def recognises(self, sample: Sample, /) -> bool:
        """Whether one of the first records has messages that say who created them."""
        return begins(sample, _is_conversation)

    def sessions(self, source: ImportSource, /) -> Iterator[Found]:
        """The conversations of a file."""
        return each(
            source,
            _is_conversation,
            _conversation,
            expected="a conversation with 'conversationId' and 'messages'",
        )


def _top(value: object) -> list[object]:
    record = obj(value)
    messages = record.get("messages", record.get("messagesTree"))
    # A tree is exported as the message at its root, or as what hangs on it.
    return seq(messages) or seq(obj(messages).get("children"))


def _is_conversation(value: object) -> bool:
    return any("isCreatedByUser" in obj(one) for one in _top(value)[:5])


def _conversation(row: Row) -> Iterator[Found]:
    record = obj(row.value)
    messages = _flat(_top(record))
    by_id = {text(message.get("messageId")): message for message in messages}
    script = Script()
    options = obj(record.get("options"))
    keys = ("system", "promptPrefix", "instructions")
    prompt = first_text([*map(options.get, keys), *map(record.get, keys)])
    if prompt:
        script.say("system", Saying().add(prompt))
    parents = {key: text(message.get("parentMessageId")) for key, message in by_id.items()}
    linked = len(by_id) == len(messages) and any(parent in by_id for parent in parents.values())
    way = path_to(_newest(by_id, parents), parents) if linked else list(by_id)
    script.skip(BRANCH, len(by_id) - len(way))
    for message in [by_id[key] for key in way] if linked else messages:
        user = message.get("isCreatedByUser") is True
        script.say("user" if user else "assistant", _saying(message))
    yield from script.leavings()
    yield Transcript(
        id=text(record.get("conversationId")) or str(row.number),
        messages=tuple(script.messages),
        title=text(record.get("title")),
    )


def _flat(top: list[object]) -> list[Mapping[str, object]]:
    """The messages of a tree, parents before their children."""
    found: list[Mapping[str, object]] = []
    waiting = [obj(one) for one in reversed(top)]
    while waiting:
        message = waiting.pop()
        found.append(message)
        waiting += [obj(child) for child in reversed(seq(message.get("children")))]
    return found


def _newest(by_id: Mapping[str, Mapping[str, object]], parents: Mapping[str, str]) -> str:
    """The last leaf by its time; of equals the one that stands last."""
    held = set(parents.values())
    leaves = [key for key in by_id if key not in held] or list(by_id)
    return max(reversed(leaves), key=lambda key: text(by_id[key].get("createdAt")))


def _saying(message: Mapping[str, object]) -> Saying:
    saying = Saying()
    parts = seq(message.get("content"))
    for part in map(obj, parts):
        if part.get("type") == "error":
            saying.skipped.append("error of the program")
        else:
            saying.part(part)
    if not parts and message.get("error") is True:
        saying.skipped.append("error of the program")
    elif not parts:
        saying.add(text(message.get("text")))
    for attached in map(obj, seq(message.get("files"))):
        picture = text(attached.get("type")).startswith("image/")
        saying.skipped.append(IMAGE if picture else FILE)
    if seq(message.get("plugins")) or message.get("plugin"):
        saying.skipped.append(named_thing("field", "plugin"))
    return saying
