"""aider's `.aider.chat.history.md`: each start a conversation, prompts as headings of level four.

Lines that begin with `>` are what aider itself says, and commands such as `/add` are to it: both
are counted. Everything else is the model's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.core.transcript import Transcript
from harness.scenarios.importers.saying import Saying
from harness.scenarios.importers.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.core.messages import Role
    from harness.core.protocols import ImportSource
    from harness.core.transcript import Found, Sample

_START = re.compile(r"^# aider chat started at (?P<when>.+?)\s*$")
_PROMPT = re.compile(r"^####\s?(?P<said>.*)$")
_ASKING = ("/ask ", "/code ", "/architect ", "/chat-mode ", "/context ")
"""Commands whose words go to the model."""


@dataclass(slots=True)
class _Reading:
    """A conversation while its lines are read."""

    when: str = ""
    script: Script = field(default_factory=Script)
    role: Role | None = None
    held: list[str] = field(default_factory=list)

    def line(self, line: str) -> None:
        """Take in a line."""
        prompt = _PROMPT.match(line)
        if prompt:
            self._to("user")
            self.held.append(prompt["said"].rstrip())
            return
        if self.role == "user":
            self.end()  # the lines of a prompt stand together
        if line.startswith(">"):
            self.script.skip("line of the program")
        elif line.strip() or self.role == "assistant":
            self._to("assistant")
            self.held.append(line)

    def _to(self, role: Role) -> None:
        if role != self.role:
            self.end()
            self.role = role

    def end(self) -> None:
        """Close the message that is open."""
        said = "\n".join(self.held).strip()
        if self.role == "user" and said.startswith(("/", "!")):
            asked = next((said[len(word) :] for word in _ASKING if said.startswith(word)), "")
            if not asked:
                self.script.skip("command of the program")
            said = asked
        if self.role is not None and said:
            self.script.say(self.role, Saying().add(said))
        self.role, self.held = None, []


@dataclass(frozen=True, slots=True)
class Aider:
    """The conversations of an aider history, one for each time that it was started."""

    def recognises(self, sample: Sample, /) -> bool:
        """Whether a line says when aider was started."""
        return not sample.rows and any(map(_START.match, sample.text.splitlines()))

    def sessions(self, source: ImportSource, /) -> Iterator[Found]:
        """The conversations of a file."""
        reading, number = _Reading(), 0
        for line in source.text_lines():
            start = _START.match(line)
            if start is None:
                reading.line(line)
                continue
            number += bool(reading.script.messages)
            yield from _whole(reading, number)
            reading = _Reading(start["when"])
        number += 1
        yield from _whole(reading, number)


def _whole(reading: _Reading, number: int) -> Iterator[Found]:
    reading.end()
    yield from reading.script.leavings()
    if reading.script.messages:
        said = tuple(reading.script.messages)
        yield Transcript(id=reading.when or str(number), messages=said, title=reading.when)
