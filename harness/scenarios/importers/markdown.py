"""Transcripts in Markdown or plain text, as chat windows, exporters and people write them.

A line that is only a name (`## User`, `**Assistant:**`, `You said:`), or begins with one and a
colon, begins a message. Inside a fence of code nothing does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.transcript import Transcript
from harness.scenarios.importers.parts import Saying, Script

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.core.messages import Role
    from harness.core.protocols import ImportSource
    from harness.core.transcript import Found, Sample

_NAMES: Mapping[str, Role] = {
    **dict.fromkeys(("user", "human", "you", "me", "prompt", "question", "q"), "user"),
    **dict.fromkeys(
        ("assistant", "ai", "bot", "model", "chatgpt", "gpt", "gpt-4", "claude", "gemini",
         "copilot", "llama", "mistral", "response", "answer", "a"),
        "assistant",
    ),
    "system": "system",
}  # fmt: skip
_NAME = "|".join(sorted(map(re.escape, _NAMES), key=len, reverse=True))
_ADDED = r"(?:\s*\([^()\n]{0,60}\)|\s*[-·|]\s*[\d:., /apmAPM-]{4,40})?"
"""A model's name or a time of day after the name."""
_HEADING = re.compile(
    rf"^\s*#{{1,6}}\s*[^\w\n]{{0,8}}(?P<name>{_NAME})(?:\s+said)?{_ADDED}\s*:?[\s*_]*$",
    re.IGNORECASE,
)
_ALONE = re.compile(
    rf"^\s*[^\w\n]{{0,8}}(?P<name>{_NAME})(?:\s+said)?{_ADDED}\s*(?::[*_]{{0,3}}|[*_]{{2,3}}:?)\s*$",
    re.IGNORECASE,
)
_INLINE = re.compile(
    rf"^\s*(?P<mark>\*\*|__|>\s*)?(?P<name>{_NAME}){_ADDED}"
    r"(?::\s*(?:\*\*|__)?|(?:\*\*|__)\s*:)\s*(?P<rest>\S.*)$",
    re.IGNORECASE,
)
_FENCE = re.compile(r"^\s{0,3}(?P<mark>`{3,}|~{3,})")
_RULE = re.compile(r"^\s*(?:-{3,}|\*{3,}|_{3,})\s*$")
_TITLE = re.compile(r"^#\s+(?P<title>\S.*)$")
_ENOUGH = 2


@dataclass(frozen=True, slots=True)
class Markdown:
    """The conversation of a Markdown file."""

    def recognises(self, sample: Sample, /) -> bool:
        """Whether it is no JSON, and both sides are named in it."""
        if sample.rows:
            return False
        roles = {found[0] for line in sample.text.splitlines() if (found := _begins(line))}
        return len(roles & {"user", "assistant"}) == _ENOUGH

    def sessions(self, source: ImportSource, /) -> Iterator[Found]:
        """The one conversation of a file."""
        script = Script()
        role: Role | None = None
        held: list[str] = []
        fence = title = ""
        for line in source.text_lines():
            fence = _fence(line, fence)
            begins = None if fence else _begins(line)
            if begins is None:
                held.append(line)
                continue
            title = _end(script, role, held, title)
            role, rest = begins
            held = [rest] if rest else []
        title = _end(script, role, held, title)
        yield from script.leavings()
        yield Transcript(id="1", messages=tuple(script.messages), title=title)


def _begins(line: str) -> tuple[Role, str] | None:
    """Who begins to speak in a line, and what he says in it."""
    found = _HEADING.match(line) or _ALONE.match(line)
    if found:
        return _NAMES[found["name"].lower()], ""
    found = _INLINE.match(line)
    return (_NAMES[found["name"].lower()], found["rest"]) if found else None


def _fence(line: str, fence: str) -> str:
    """The fence that is open after a line; a line that opens or closes one names nobody."""
    found = _FENCE.match(line)
    if found is None:
        return fence
    if not fence:
        return found["mark"]
    closes = found["mark"].startswith(fence) and not line.strip().strip(fence[0])
    return "" if closes else fence


def _end(script: Script, role: Role | None, lines: list[str], title: str) -> str:
    """Close a message; what stands before the first is a title and notes of the exporter."""
    if role is None:
        found = next(filter(None, map(_TITLE.match, lines)), None)
        script.skip("line before the first message", sum(bool(line.strip()) for line in lines))
        return found["title"].strip() if found else title
    while lines and (not lines[-1].strip() or _RULE.match(lines[-1])):
        lines.pop()
    script.say(role, Saying().add("\n".join(lines).strip()))
    return title
