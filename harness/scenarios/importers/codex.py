"""Rollouts of the Codex CLI: `~/.codex/sessions/YYYY/MM/DD/rollout-*.jsonl`, a line an item.

What went to the model and back stands as `response_item`, and in files of the first versions as the
item itself. The `event_msg` lines tell the same again for the window; a message that stands there
alone is taken from there.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.core.transcript import Transcript
from harness.scenarios.importers.rows import take_in
from harness.scenarios.importers.saying import IMAGE, REASONING, Saying
from harness.scenarios.importers.script import BRANCH, Script
from harness.scenarios.importers.values import (
    as_json,
    first_text,
    named_thing,
    obj,
    parsed,
    seq,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.core.messages import Role
    from harness.core.protocols import ImportSource
    from harness.core.transcript import Found, Sample

_ROLES: Mapping[str, Role] = {
    "user": "user", "assistant": "assistant", "system": "system", "developer": "system",
}  # fmt: skip
_LINES = frozenset(("session_meta", "response_item", "event_msg", "turn_context", "compacted"))
_CALLS = frozenset(("function_call", "custom_tool_call", "local_shell_call", "web_search_call",
                    "tool_search_call", "mcp_tool_call"))  # fmt: skip
_OUTPUTS = frozenset(("function_call_output", "custom_tool_call_output", "local_shell_call_output",
                      "tool_search_output", "mcp_tool_call_output"))  # fmt: skip
_ITEMS = frozenset(("message", "reasoning", *_CALLS, *_OUTPUTS))
_OF_THE_PROGRAM = (
    "<environment_context>", "<user_instructions>", "<INSTRUCTIONS>", "# AGENTS.md instructions",
    "<turn_aborted>", "<permissions instructions>", "<collaboration_mode>", "<skill>",
    "<subagent_notification>", "<user_shell_command>",
)  # fmt: skip
"""Beginnings of what the program says in the name of the user."""
_SPOKEN = {"user_message": "user", "agent_message": "assistant"}
_EVENT, _NOTE = "event of the program", "note of the program"


@dataclass(slots=True)
class _Log:
    """A rollout while its lines are read."""

    script: Script = field(default_factory=Script)
    id: str = ""
    told: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Messages that stand as an item, and have not been told of as an event yet."""
    heard: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Messages that were taken from an event, and have not come as an item yet."""
    turns: list[int] = field(default_factory=list)
    """Where each prompt of the user stands."""

    def line(self, line: Mapping[str, object]) -> None:
        """Take in a line."""
        kind = text(line.get("type"))
        payload = obj(line.get("payload"))
        if kind == "response_item":
            self._item(payload)
        elif kind == "event_msg":
            self._event(payload)
        elif kind == "compacted":
            self._compacted(payload)
        elif kind == "session_meta" or (not kind and "id" in line and "timestamp" in line):
            self._meta(payload or line)
        elif kind in _ITEMS:
            self._item(line)
        elif kind == "turn_context" or line.get("record_type") == "state":
            self.script.skip(_EVENT)
        else:
            self.script.skip(named_thing("event of type", kind or "none"))

    def _meta(self, meta: Mapping[str, object]) -> None:
        self.script.skip(_EVENT)
        if not self.id:
            self.id = text(meta.get("id"))
            base = meta.get("base_instructions")
            for said in (obj(base).get("text", base), meta.get("instructions")):
                if isinstance(said, str) and said.strip():
                    self.script.say("system", Saying().add(said))

    def _item(self, item: Mapping[str, object]) -> None:
        kind = text(item.get("type"))
        saying = Saying()
        id_ = first_text((item.get("call_id"), item.get("id")))
        if kind == "message":
            self._message(item)
        elif kind in _CALLS:
            name = first_text((item.get("name"), kind.removesuffix("_call")))
            keys = ("arguments", "input", "action")
            saying.call(name, next((item[k] for k in keys if item.get(k) is not None), ""), id_)
            self.script.say("assistant", saying, same_turn=True)
        elif kind in _OUTPUTS:
            saying.result(_output(item.get("output")), id_)
            self.script.say("assistant", saying)
        elif kind == "reasoning":
            self.script.skip(REASONING)
        else:
            self.script.skip(named_thing("item of type", kind))

    def _message(self, item: Mapping[str, object]) -> None:
        role = self.script.role(text(item.get("role")), _ROLES)
        saying = Saying().add(item.get("content"))
        if role is None:
            return
        said = saying.text
        if role != "assistant" and said.lstrip().startswith(_OF_THE_PROGRAM):
            self.script.skip(_NOTE)
            return
        if self.heard[role, said.strip()]:
            self.heard[role, said.strip()] -= 1
            return
        self.told[role, said.strip()] += 1
        self._say(role, saying)

    def _say(self, role: Role, saying: Saying) -> None:
        if role == "user":
            self.turns.append(len(self.script.messages))
        self.script.say(role, saying)

    def _event(self, event: Mapping[str, object]) -> None:
        kind = text(event.get("type"))
        if kind == "thread_rolled_back":
            self._roll_back(event.get("num_turns"))
        if kind not in _SPOKEN:
            self.script.skip(_EVENT)
            return
        role = _ROLES[_SPOKEN[kind]]
        said = text(event.get("message"))
        if self.told[role, said.strip()]:
            self.told[role, said.strip()] -= 1
        elif said.strip() and not said.lstrip().startswith(_OF_THE_PROGRAM):
            self.heard[role, said.strip()] += 1
            saying = Saying().add(said)
            saying.skipped += [IMAGE] * len(seq(event.get("images")))
            self._say(role, saying)

    def _roll_back(self, turns: object) -> None:
        """The user went back; what was said since is an abandoned branch."""
        count = turns if isinstance(turns, int) else 0
        if 0 < count <= len(self.turns):
            at = self.turns[-count]
            self.script.skip(BRANCH, len(self.script.messages) - at)
            del self.script.messages[at:], self.turns[-count:]
            self.script.breaks = [place for place in self.script.breaks if place <= at]

    def _compacted(self, payload: Mapping[str, object]) -> None:
        self.script.cut()
        said = text(payload.get("message"))
        if said.strip():
            self.script.say("user", Saying().add(said))
        else:
            self.script.skip("compaction whose summary is not in the file")


@dataclass(frozen=True, slots=True)
class Codex:
    """The conversation of a Codex CLI rollout, compactions as new sessions."""

    def recognises(self, sample: Sample, /) -> bool:
        """Whether the lines are items and events of a rollout."""
        return any(map(_is_line, map(obj, sample.rows)))

    def sessions(self, source: ImportSource, /) -> Iterator[Found]:
        """The one conversation of a file."""
        log = _Log()
        yield from take_in(
            source,
            lambda value: isinstance(value, dict),
            lambda row: log.line(obj(row.value)),
            expected="an item with 'timestamp', 'type' and 'payload'",
        )
        yield from log.script.leavings()
        if log.script.messages:
            ends = log.script.ends()
            said = tuple(log.script.messages)
            yield Transcript(id=log.id or "1", messages=said, breaks=ends, compacted=bool(ends))


def _is_line(row: Mapping[str, object]) -> bool:
    kind = text(row.get("type"))
    old = kind in _ITEMS and ("call_id" in row or "encrypted_content" in row)
    state = row.get("record_type") == "state"
    return (kind in _LINES and isinstance(row.get("payload"), dict)) or old or state


def _output(value: object) -> object:
    """The text of an output, which is often JSON with a text and an exit code in it."""
    inner = parsed(value)
    found = obj(inner)
    if isinstance(found.get("output"), str):
        return found["output"]
    if isinstance(found.get("content"), str | list):
        return found["content"]
    return value if isinstance(value, str | list) else as_json(value)
