"""The lines by which a text says who speaks: `## User`, `**Assistant:**`, `You said:`, `Q: ...`.

The one rule: a text is cut only by the marks that it uses itself. Which those are is told by the
first mark of each side: another sort of heading, or `**Question:**` inside a reply, is no mark.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from harness.core.messages import Role

_STRONG: Mapping[str, Role] = {
    **dict.fromkeys(("user", "human", "you", "me"), "user"),
    **dict.fromkeys(
        ("assistant", "ai", "bot", "model", "chatgpt", "gpt", "gpt-4", "gpt-4o", "gpt-5", "claude",
         "gemini", "copilot", "github copilot", "cursor", "grok", "deepseek", "perplexity",
         "le chat", "llama", "mistral", "agent", "cascade"),
        "assistant",
    ),
    **dict.fromkeys(("system", "system prompt"), "system"),
}  # fmt: skip
_WEAK: Mapping[str, Role] = {
    **dict.fromkeys(("prompt", "question", "q"), "user"),
    **dict.fromkeys(("response", "answer", "a", "reply"), "assistant"),
}
_NAMES: Mapping[str, Role] = {**_STRONG, **_WEAK}
_NAME = "|".join(sorted(map(re.escape, _NAMES), key=len, reverse=True))
_ADDED = r"(?:\s*\([^()\n]{0,80}\)|\s*[-·|–]\s*[\d:., /apmAPMTZ-]{4,40})?"
"""A model's name or a time of day after the name."""
_HEADING = re.compile(
    rf"^\s*(?P<mark>#{{1,6}})\s*[^\w\n]{{0,8}}(?P<name>{_NAME})(?:\s+said)?{_ADDED}\s*:?[\s*_]*$",
    re.IGNORECASE,
)
_ALONE = re.compile(
    rf"^\s*(?P<mark>[^\w\n]{{0,8}}?)(?P<name>{_NAME})(?P<said>\s+said)?{_ADDED}\s*"
    r"(?::(?P<end>[*_]{0,3})|(?P<bold>[*_]{2,3}):?)\s*$",
    re.IGNORECASE,
)
_INLINE = re.compile(
    rf"^\s*(?P<mark>\*\*|__|>\s*)?(?P<name>{_NAME}){_ADDED}"
    r"(?::\s*(?:\*\*|__)?|(?:\*\*|__)\s*:)\s*(?P<rest>\S.*)$",
    re.IGNORECASE,
)
_FENCE = re.compile(r"^\s{0,3}(?P<mark>`{3,}|~{3,})")


@dataclass(frozen=True, slots=True)
class Mark:
    """A line that names a speaker."""

    line: int
    """Its index."""
    role: Role
    style: tuple[str, bool]
    """How it is written, and whether its name is one that texts are full of, such as Answer."""
    rest: str
    """What is said in the same line."""


def marks(lines: list[str]) -> list[Mark]:
    """The lines that begin a message, by the marks that the text uses itself."""
    found = [mark for at in _outside_of_code(lines) if (mark := _mark(at, lines[at]))]
    styles = _own(found)
    return [mark for mark in found if mark.style in styles]


def _own(found: Iterable[Mark]) -> set[tuple[str, bool]]:
    """The styles of a text: the first that names both sides, else the first of each side."""
    sides: dict[tuple[str, bool], set[Role]] = {}
    first: dict[Role, tuple[str, bool]] = {}
    for mark in found:
        sides.setdefault(mark.style, set()).add(mark.role)
        first.setdefault(mark.role, mark.style)
    both = [style for style, roles in sides.items() if {"user", "assistant"} <= roles]
    # Names that texts are full of mark the file only where they do so as headings.
    own = next((style for style in both if not style[1] or style[0].startswith("#")), None)
    pair = {first[role] for role in ("user", "assistant") if role in first}
    if own is None and both and any(weak for _, weak in pair):
        own = both[0]
    return {own} if own else pair


def _mark(at: int, line: str) -> Mark | None:
    found = _HEADING.match(line)
    if found:
        return _of(at, found, found["mark"], "")
    found = _ALONE.match(line)
    if found:
        bold = "bold" if "*" in line or "_" in line else "plain"
        return _of(at, found, f"alone {bold}", "")
    found = _INLINE.match(line)
    if found:
        return _of(at, found, f"inline {(found['mark'] or '').strip()}", found["rest"])
    return None


def _of(at: int, found: re.Match[str], style: str, rest: str) -> Mark:
    name = found["name"].lower()
    # A line may hold a name alone or go on behind it: that is one style, as `User:` is.
    plain = {"alone plain": "inline", "inline": "inline", "alone bold": "**", "inline **": "**",
             "inline __": "**", "inline ": "inline"}  # fmt: skip
    return Mark(at, _NAMES[name], (plain.get(style, style), name in _WEAK), rest)


def _outside_of_code(lines: list[str]) -> Iterator[int]:
    """The lines that stand in no fence of code; a fence that is never closed is none."""
    at = 0
    while at < len(lines):
        fence = _FENCE.match(lines[at])
        end = _closing(lines, at, fence["mark"]) if fence else None
        if end is None:
            yield at
            at += 1
        else:
            at = end + 1


def _closing(lines: list[str], start: int, mark: str) -> int | None:
    for at in range(start + 1, len(lines)):
        bare = lines[at].strip()
        if bare.startswith(mark) and not bare.strip(mark[0]):
            return at
    return None
