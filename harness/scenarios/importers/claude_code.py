"""Claude Code's transcripts: a line an event, chained by `parentUuid`.

A rewind leaves an abandoned branch; a compaction begins a new session, whose first message is the
summary of what came before. The boundary has no parent, and names the last message before it as
its logical one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.core.transcript import Skipped, Transcript
from harness.scenarios.importers.parts import (
    BRANCH,
    TOOL_OUTPUT,
    Saying,
    Script,
    obj,
    path_to,
    shapeless,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.core.messages import Role
    from harness.core.protocols import ImportSource
    from harness.core.transcript import Found, Sample

_ROLES: Mapping[str, Role] = {"user": "user", "assistant": "assistant"}
_COMMANDS = (
    "<command-name>",
    "<command-message>",
    "<local-command-stdout>",
    "<local-command-stderr>",
    "<bash-input>",
    "<bash-stdout>",
)
_EVENT = "event of the program"


@dataclass(frozen=True, slots=True)
class _Event:
    """What is kept of a line: the texts only, since tool results are most of a file."""

    parent: str
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
    last: str = ""

    def add(self, line: Mapping[str, object]) -> None:
        """Take in a line."""
        key = text(line.get("uuid"))
        parent = text(line.get("parentUuid"))
        session = text(line.get("sessionId"))
        cut = line.get("type") == "system" and line.get("subtype") == "compact_boundary"
        if not key or key in self.events:
            self.script.skip(_EVENT if not key else "message given twice")
            return
        if line.get("isSidechain") is True:
            self.script.skip("message of a side chain")
            return
        if cut:
            # Where the logical parent is in another file, what stands before is what it follows.
            logical = text(line.get("logicalParentUuid"))
            parent = logical if logical in self.events else self.last
        role, saying = self._said(line)
        message = obj(line.get("message"))
        self.events[key] = _Event(
            parent, session, role, saying, reply=text(message.get("id")), cut=cut
        )
        if role is not None or cut:
            self.last = key

    def _said(self, line: Mapping[str, object]) -> tuple[Role | None, Saying | None]:
        """Who says what in a line; nobody, when it is the program's own."""
        role = _ROLES.get(text(line.get("type")))
        if role is None:
            if line.get("subtype") != "compact_boundary":
                self.script.skip(_EVENT)
            return None, None
        saying = Saying().add(obj(line.get("message")).get("content"))
        if line.get("isMeta") is True:
            self.script.skip("note of the program")
            return role, None
        if saying.text.startswith(_COMMANDS):
            self.script.skip("command of the program")
            return role, None
        if not saying.text:
            for what in saying.skipped or [TOOL_OUTPUT]:
                self.script.skip(what)
            return role, None
        return role, saying


@dataclass(frozen=True, slots=True)
class ClaudeCode:
    """The conversation of a Claude Code transcript, compactions as new sessions."""

    def recognises(self, sample: Sample, /) -> bool:
        """Whether some line names its parent."""
        return any({"parentUuid", "uuid", "type"} <= obj(row).keys() for row in sample.rows)

    def sessions(self, source: ImportSource, /) -> Iterator[Found]:
        """The conversations of a file: one, unless several files were put together."""
        log = _Log()
        for row in source.rows():
            if isinstance(row, Skipped):
                yield row
            elif not isinstance(row.value, dict) or "type" not in row.value:
                yield shapeless(row, "an event with 'type' and 'uuid'")
            else:
                log.add(obj(row.value))
        yield from log.script.leavings()
        parents = {key: event.parent for key, event in log.events.items()}
        for number, keys in enumerate(_trees(log.events), 1):
            yield from _conversation(log.events, parents, keys, number)


def _trees(events: Mapping[str, _Event]) -> list[list[str]]:
    """The keys of each tree, in the order of the file; those of a cycle belong to none."""
    tree_of: dict[str, int] = {}
    trees: list[list[str]] = []
    for key, event in events.items():
        at = tree_of.get(event.parent)
        if at is None:
            at = len(trees)
            trees.append([])
        tree_of[key] = at
        trees[at].append(key)
    return trees


def _conversation(
    events: Mapping[str, _Event], parents: Mapping[str, str], keys: list[str], number: int
) -> Iterator[Found]:
    """The branch that the file ends with."""
    said = [key for key in keys if events[key].saying is not None]
    if not said:
        return
    script = Script()
    way = path_to(said[-1], parents)
    before = None
    for key in way:
        event = events[key]
        if event.cut:
            script.cut()
        if event.role is not None and event.saying is not None:
            more = before is not None and bool(event.reply) and before.reply == event.reply
            script.say(event.role, event.saying, same_turn=more or event.role == "assistant")
            before = event
    chosen = set(way)
    script.skip(BRANCH, sum(key not in chosen for key in said))
    yield from script.leavings()
    yield Transcript(
        id=events[said[-1]].session or str(number),
        messages=tuple(script.messages),
        breaks=script.ends(),
        compacted=bool(script.ends()),
    )
