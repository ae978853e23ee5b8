"""A run as it is stored: its study, its records, and what was sent for each of them."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from harness.core.messages import Message
from harness.core.parts import ToolCall
from harness.core.printable import well_formed
from harness.runs.folder.reader import conversations, latest_records, texts
from harness.runs.folder.run_json import read_config

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    Row = Mapping[str, Any]
    """A record as JSON has it."""


@dataclass(frozen=True)
class StoredRun:
    """A run folder, read once."""

    folder: Path

    @property
    def name(self) -> str:
        """Of the folder."""
        return self.folder.name

    @cached_property
    def config(self) -> dict[str, Any]:
        """What `run.json` holds."""
        return read_config(self.folder)

    @cached_property
    def records(self) -> list[Row]:
        """The latest record of each trial, by key: the same however the run came about."""
        found = latest_records(self.folder)
        return [_well_formed(found[key]) for key in sorted(found)]

    @cached_property
    def _stored(self) -> tuple[dict[str, list[str]], dict[str, Message]]:
        trunks = conversations([self.folder], {record["trunk"] for record in self.records})
        return trunks, texts([self.folder], {name for names in trunks.values() for name in names})

    def sent(self, record: Row) -> list[Message]:
        """The messages that a record's call was handed, the question last."""
        trunks, messages = self._stored
        hashes = trunks.get(record["trunk"], [])
        names = [name for start, stop in record["view"] for name in hashes[start:stop]]
        before = [_said(messages[name]) for name in names if name in messages]
        return [*before, Message("user", record["question"])]

    def groups(self, *keys: str) -> Iterator[tuple[tuple[Any, ...], list[Row]]]:
        """The records that share the values of some fields, in the order of those."""
        found: dict[tuple[Any, ...], list[Row]] = {}
        for record in self.records:
            found.setdefault(tuple(record[key] for key in keys), []).append(record)
        yield from sorted(found.items(), key=lambda pair: str(pair[0]))

    @property
    def created(self) -> str:
        """When the run began, in UTC."""
        return str(self.config["created"])

    @property
    def version(self) -> str:
        """Of this program when the run was made."""
        return str(self.config["versions"].get("session-harness", "unknown"))


def _well_formed(value: Any) -> Any:
    """The value with its texts as UTF-8 can hold them: readers of other programs are strict."""
    if isinstance(value, str):
        return well_formed(value)
    if isinstance(value, list):
        return [_well_formed(item) for item in value]
    if isinstance(value, dict):
        return {key: _well_formed(item) for key, item in value.items()}
    return value


def _said(message: Message) -> Message:
    if isinstance(message.content, str):
        return replace(message, content=well_formed(message.content))
    parts = [
        replace(
            part,
            **{one.name: _well_formed(getattr(part, one.name)) for one in fields(part) if one.init},
        )
        for part in message.content
    ]
    return replace(message, content=tuple(parts))


FACTS = (
    "arm", "session", "seed", "repeat", "window_limit", "policy", "memory", "layout", "fill",
    "position", "gap_tokens", "session_tokens", "fact", "probe", "probe_kind", "outcome", "status",
    "in_view", "server_truncated", "session_number", "variant", "model_version", "answered_by",
)  # fmt: skip
"""What other programs keep of a record as metadata."""


def metadata(record: Row) -> dict[str, Any]:
    """What of a record has no place of its own in another program's form."""
    return {key: record[key] for key in FACTS if record.get(key) is not None}


def stored_messages(said: Message) -> str:
    """What a message says beside the calls in it."""
    if isinstance(said.content, str):
        return said.content
    return "\n".join(part.text for part in said.content if not isinstance(part, ToolCall))
