"""Claude Code's transcripts: a line an event, chained by `parentUuid`.

A rewind leaves an abandoned branch; a compaction begins a new session, whose first message is the
summary of what came before, and follows whatever the file has before it. A session that is resumed
goes on in another file, which repeats or names what stands in the first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.core.transcript import Transcript
from harness.scenarios.importers.linked import Link, linked
from harness.scenarios.importers.rows import take_in
from harness.scenarios.importers.saying import Saying
from harness.scenarios.importers.script import BRANCH, Script
from harness.scenarios.importers.values import (
    first_text,
    named_thing,
    obj,
    path_to,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.core.messages import Role
    from harness.core.protocols import ImportSource
    from harness.core.transcript import Found, Sample

_ROLES: Mapping[str, Role] = {"user": "user", "assistant": "assistant"}
_COMMANDS = (
    "<command-name>",
    "<command-message>",
    "<local-command-stdout>",
    "<local-command-stderr>",
    "<local-command-caveat>",
    "<bash-input>",
    "<bash-stdout>",
    "<bash-stderr>",
    "<task-notification>",
)
_EVENT, _NOTE = "event of the program", "note of the program"
_EVENTS = frozenset(
    ("summary", "system", "progress", "file-history-snapshot", "queue-operation", "last-prompt",
     "custom-title", "ai-title", "agent-name", "agent-color", "pr-link", "mode",
     "permission-mode", "tag", "attribution-snapshot", "bridge-session", "worktree-state")
)  # fmt: skip
PHANTOM = "message whose parent is not there, joined to the line before"
ELSEWHERE = "conversation whose beginning is in another file"


@dataclass(frozen=True, slots=True)
class _Event:
    """What is kept of a line."""

    parent: str
    before: str
    """The line before it in the same session; empty for the first."""
    session: str
    role: Role | None = None
    saying: Saying | None = None
    reply: str = ""
    """The id of the model's message; one reply is written as several lines."""
    cut: bool = False
    """Whether a new session begins here."""


@dataclass(slots=True)
class _Log:
    """The lines of a file while they are read."""

    events: dict[str, _Event] = field(default_factory=dict)
    script: Script = field(default_factory=Script)
    said: dict[str, str] = field(default_factory=dict)
    """The last message of each session."""
    last: dict[str, str] = field(default_factory=dict)
    """The last line of each session."""

    def add(self, line: Mapping[str, object]) -> None:
        """Take in a line."""
        key = text(line.get("uuid"))
        parent = text(line.get("parentUuid"))
        session = text(line.get("sessionId"))
        if not key or key in self.events:
            self.script.skip(_event(line) if not key else "message given twice")
            return
        if line.get("isSidechain") is True:
            self.script.skip("message of a side chain")
            return
        cut = line.get("type") == "system" and line.get("subtype") == "compact_boundary"
        if cut:
            # The logical parent may stand in a replay of what was compacted before, or elsewhere.
            parent = self.said.get(session) or text(line.get("logicalParentUuid"))
        role, saying = self._said(line)
        self.events[key] = _Event(
            parent,
            self.last.get(session, ""),
            session,
            role,
            saying,
            reply=text(obj(line.get("message")).get("id")),
            cut=cut,
        )
        self.last[session] = key
        if saying is not None or cut:
            self.said[session] = key

    def parents(self) -> dict[str, str]:
        """The parent of each line; of one whose own is not there, the line before it."""
        found: dict[str, str] = {}
        for key, event in self.events.items():
            found[key] = event.parent
            if event.parent and event.parent not in self.events:
                found[key] = event.before
                self.script.mend(PHANTOM if event.before else ELSEWHERE)
        return found

    def _said(self, line: Mapping[str, object]) -> tuple[Role | None, Saying | None]:
        """Who says what in a line; nobody, when it is the program's own."""
        queued = obj(line.get("attachment"))
        if queued.get("type") == "queued_command" and queued.get("commandMode") == "prompt":
            return self._checked("user", Saying().add(queued.get("prompt")))
        role = _ROLES.get(text(line.get("type")))
        message = obj(line.get("message"))
        if role is None:
            if line.get("subtype") != "compact_boundary":
                self.script.skip(_event(line))
            return None, None
        summary = line.get("isCompactSummary") is True
        note = line.get("isMeta") is True or line.get("isApiErrorMessage") is True
        unseen = line.get("isVisibleInTranscriptOnly") is True and not summary
        if note or unseen or message.get("model") == "<synthetic>":
            self.script.skip(_NOTE)
            return role, None
        return self._checked(role, Saying().add(message.get("content")))

    def _checked(self, role: Role, saying: Saying) -> tuple[Role, Saying | None]:
        if saying.text.startswith(_COMMANDS):
            self.script.skip("command of the program")
            return role, None
        if not any(not isinstance(item, str) or item.strip() for item in saying.items):
            for what in saying.skipped or ["empty message"]:
                self.script.skip(what)
            return role, None
        return role, saying


def _event(line: Mapping[str, object]) -> str:
    """What an event that is no message is called."""
    kind = text(line.get("type"))
    if kind == "attachment":
        return named_thing("attachment of type", obj(line.get("attachment")).get("type"))
    return _EVENT if kind in _EVENTS else named_thing("event of type", kind)


@dataclass(frozen=True, slots=True)
class ClaudeCode:
    """The conversation of a Claude Code transcript, compactions as new sessions."""

    def recognises(self, sample: Sample, /) -> bool:
        """Whether some line is an event of a session, be it its title alone."""
        return any(map(_is_event, map(obj, sample.rows)))

    def together(self, sources: Sequence[ImportSource], /) -> Iterator[Sequence[ImportSource]]:
        """The files of a folder, those together that go on with one another."""
        return linked(sources, _link)

    def sessions(self, source: ImportSource, /) -> Iterator[Found]:
        """The conversations of a file: one, unless several files were put together."""
        log = _Log()
        yield from take_in(
            source,
            lambda value: "type" in obj(value),
            lambda row: log.add(obj(row.value)),
            expected="an event with 'type' and 'uuid'",
        )
        parents = log.parents()
        yield from log.script.leavings()
        for number, keys in enumerate(_trees(log.events, parents), 1):
            yield from _conversations(log.events, parents, keys, number)


def _is_event(row: Mapping[str, object]) -> bool:
    if {"parentUuid", "uuid", "type"} <= row.keys():
        return True
    kind = text(row.get("type"))
    titled = kind == "summary" and "leafUuid" in row
    snapshot = kind == "file-history-snapshot" and "messageId" in row
    return titled or snapshot or (kind in _EVENTS and "sessionId" in row)


def _link(row: object) -> Link | None:
    """What a line is to those that go on from it."""
    line = obj(row)
    name = text(line.get("uuid"))
    if not name or line.get("isSidechain") is True:
        return None
    parent = first_text((line.get("parentUuid"), line.get("logicalParentUuid")))
    said = obj(line.get("message")).get("content")
    return Link(name, parent, said, text(line.get("timestamp")))


def _trees(events: Mapping[str, _Event], parents: Mapping[str, str]) -> list[list[str]]:
    """The keys of each tree, in the order of the file; those of a cycle belong to none."""
    root_of: dict[str, str] = {}
    trees: dict[str, list[str]] = {}
    for key in events:
        way: dict[str, None] = {}
        node = key
        while node in events and node not in root_of and node not in way:
            way[node] = None
            last, node = node, parents[node]
        root = "" if node in way else root_of.get(node, last if way else "")
        root_of.update(dict.fromkeys(way, root))
        if root_of[key]:
            trees.setdefault(root_of[key], []).append(key)
    return list(trees.values())


def _conversations(
    events: Mapping[str, _Event], parents: Mapping[str, str], keys: list[str], number: int
) -> Iterator[Found]:
    """The branch that the file ends with, and one more for each session that left it."""
    said = [key for key in keys if events[key].saying is not None]
    leaves = {events[key].session: key for key in said}
    ways = [path_to(leaf, parents) for leaf in leaves.values()]
    kept = [way for way in ways if not any(way[-1] in other for other in ways if other is not way)]
    chosen = {key for way in kept for key in way}
    dropped = Script()
    dropped.skip(BRANCH, sum(key not in chosen for key in said))
    yield from dropped.leavings()
    for way in kept:
        script = _replayed(events, way)
        yield from script.leavings()
        yield Transcript(
            id=events[way[-1]].session or str(number),
            messages=tuple(script.messages),
            breaks=script.ends(),
            compacted=bool(script.ends()),
        )


def _replayed(events: Mapping[str, _Event], way: list[str]) -> Script:
    script = Script()
    before = None
    for key in way:
        event = events[key]
        if event.cut:
            script.cut()
        if event.role is not None and event.saying is not None:
            more = before is not None and bool(event.reply) and before.reply == event.reply
            script.say(event.role, event.saying, same_turn=more or event.role == "assistant")
            before = event
    return script
