"""The rules `json` and `no_list`: the form that a reply has."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Never

from harness.core.printable import shown
from harness.core.probe import Score
from harness.scoring.rules.prose import ITEM, without_code

_OPENED = re.compile(r"(`{3,}+|~{3,}+)([^\n]*+)\n")
_DASHED = re.compile(r"^[ \t]*[–—][ \t]+(?=\S)", re.MULTILINE)
_ENOUGH = 2
"""One line that opens with a dash is speech; so many are a list."""


@dataclass(frozen=True, slots=True)
class JsonForm:
    """Kept when the whole reply is one JSON value; a code fence around it is let through."""

    keys: tuple[str, ...] = ()
    """Keys that it must have at least, as an object; `json?keys=title,body`."""
    fence: bool = True
    """Whether it may stand in a code fence."""

    def check(self, reply: str, /) -> Score:
        """Whether a strict parser reads it."""
        text = _unwrapped(reply) if self.fence else reply
        try:
            # numbers are not looked into, and one of many digits would take its time
            value = json.loads(text, parse_constant=_refuse, parse_int=str, parse_float=str)
        except (ValueError, RecursionError) as error:
            told = str(error).splitlines()[0] if str(error) else type(error).__name__
            return Score(0.0, f"The reply is not JSON: {told}.")
        missing = [key for key in self.keys if not isinstance(value, dict) or key not in value]
        if missing:
            return Score(0.0, f"The reply is JSON without the key '{missing[0]}'.")
        return Score(1.0, "The reply is JSON.")


@dataclass(frozen=True, slots=True)
class NoList:
    """Kept when no line of the reply is a bulleted or numbered item; code does not count."""

    def check(self, reply: str, /) -> Score:
        """Whether it is all running text."""
        prose = without_code(reply)
        for line in prose.splitlines():
            if ITEM.match(line):
                return Score(0.0, f"The reply holds a list item: '{shown(line, 40)}'.")
        if len(_DASHED.findall(prose)) >= _ENOUGH:
            return Score(0.0, "The reply holds a list: lines that begin with a dash.")
        return Score(1.0, "The reply holds no list.")

    def settled(self, _reply: str, verdict: float, /) -> bool:
        """A list stays one."""
        return not verdict


def _unwrapped(reply: str) -> str:
    """What stands in the code fence that is the whole reply; a reply that is none, as it is."""
    bare = reply.strip()
    opened = _OPENED.match(bare)
    if opened is None or opened[2].strip(" \t").lower() not in {"", "json"}:
        return reply
    inside = bare[opened.end() :]
    return inside.removesuffix(opened[1]) if inside.endswith(opened[1]) else reply


def _refuse(name: str) -> Never:
    raise ValueError(f"{name} is no JSON number")
