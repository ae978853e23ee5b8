"""Transcripts in Markdown or plain text, as chat windows, exporters and people write them.

A line that is only a name (`## User`, `**Assistant:**`, `You said:`), or begins with one and a
colon, begins a message. Inside a fence of code nothing does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.transcript import Transcript
from harness.scenarios.importers.marks import marks
from harness.scenarios.importers.saying import Saying
from harness.scenarios.importers.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.core.protocols import ImportSource
    from harness.core.transcript import Found, Sample

_RULE = re.compile(r"^\s*(?:-{3,}|\*{3,}|_{3,})\s*$")
_TITLE = re.compile(r"^#\s+(?P<title>\S.*)$")


@dataclass(frozen=True, slots=True)
class MarkdownChat:
    """The conversation of a Markdown file."""

    def recognises(self, sample: Sample, /) -> bool:
        """Whether it is no JSON, and both sides are named in it."""
        if sample.rows:
            return False
        return {"user", "assistant"} <= {mark.role for mark in marks(sample.text.splitlines())}

    def sessions(self, source: ImportSource, /) -> Iterator[Found]:
        """The one conversation of a file."""
        script = Script()
        lines = list(source.text_lines())
        found = marks(lines)
        title = _before(script, lines[: found[0].line] if found else lines)
        ends = [*(mark.line for mark in found), len(lines)][1:]
        for mark, end in zip(found, ends, strict=False):
            said = [mark.rest] if mark.rest else []
            script.say(mark.role, Saying().add(_text([*said, *lines[mark.line + 1 : end]])))
        yield from script.leavings()
        yield Transcript(id="1", messages=tuple(script.messages), title=title)


def _before(script: Script, lines: list[str]) -> str:
    """The title; the rest before the first message are notes of the exporter, which are counted."""
    found = next(filter(None, map(_TITLE.match, lines)), None)
    said = sum(bool(line.strip()) and not _RULE.match(line) for line in lines)
    script.skip("line before the first message", said - bool(found))
    return found["title"].strip() if found else ""


def _text(lines: list[str]) -> str:
    """The lines of a message, without the rule that parts it from the next."""
    while lines and (not lines[-1].strip() or _RULE.match(lines[-1])):
        lines = lines[:-1]
    return "\n".join(lines).strip()
