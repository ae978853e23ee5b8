"""The notation of the text files, compiled once so that writing a sentence is a walk over a tuple.

In a template:

- `{part}` is one word of the pool `part`, the same for the whole thread; `{part2}` is another one
  of that pool, unless a pool `part2` exists.
- `{+part}` is a fresh one; no entry of a pool returns in a thread before all others had their turn.
- `{a part}` puts "a" or "an" before it, `{^part}` begins it with a capital. At the start of a
  sentence or a line the capital comes by itself.
- `[this|that]` is one of the two. Brackets without a bar, and braces round anything but a name,
  stand for themselves.

Entries of pools are templates too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from math import gcd
from typing import TYPE_CHECKING, TypeAlias

from harness.core.errors import UsageError, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_MARK = re.compile(r"[\[{]")
_SLOT = re.compile(r"\{(?P<marks>(?:a |\^|\+)*)(?P<name>[a-z_]+[0-9]?)\}")
_STARTS = re.compile(r"(?:^|[.?!][)\"*]* [(\"*]*|\n(?:[-*] |[0-9]\. )?[(\"*]*|: \")$")
_AN = re.compile(
    r"(?:[aeio]|u(?!ni|s|tensil)|hour|honest|8|11\b|18\b)(?!ne\b|nce\b)", re.IGNORECASE
)

_CAST = {"name": 3, "role": 2, "team": 2, "place": 2, "day": 3}
"""How many of a pool may come up in one thread, beside those that are bound: a small cast is what
makes a thread hang together."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a sentence that a pool fills."""

    key: str
    """What is remembered for the thread."""
    pool: str
    """Where it comes from."""
    fresh: bool
    article: bool
    capital: bool


@dataclass(frozen=True, slots=True)
class Either:
    """A choice between wordings."""

    options: tuple[Template, ...]


Template: TypeAlias = "tuple[str | Slot | Either, ...]"
Pool: TypeAlias = "tuple[str | Template, ...]"
"""Entries that hold no slot are plain text."""


def compile_text(text: str, pools: Mapping[str, object], *, entry: bool = False) -> Template:
    """A template that `WorkdayWriter` can write.

    Args:
        text: The notation above.
        pools: The names that slots may have.
        entry: The text is an entry of a pool, so its start is not the start of a sentence.

    Raises:
        UsageError: A slot names no pool.
    """
    nodes: list[str | Slot | Either] = []
    plain = ""
    at = 0
    for mark in _MARK.finditer(text):
        if mark.start() < at:
            continue
        plain += text[at : mark.start()]
        at = mark.start()
        slot = _SLOT.match(text, at)
        end = _closing(text, at) if text[at] == "[" else None
        if slot is None and end is None:
            plain += text[at]
            at += 1
            continue
        starts = _STARTS.search(plain) is not None and (bool(plain) or not (nodes or entry))
        if plain:
            nodes.append(plain)
        plain = ""
        if slot is not None:
            nodes.append(_slot(slot, pools, capital=starts))
            at = slot.end()
        elif end is not None:
            parts = _split(text[at + 1 : end])
            nodes.append(Either(tuple(compile_text(p, pools, entry=not starts) for p in parts)))
            at = end + 1
    plain += text[at:]
    return (*nodes, plain) if plain else tuple(nodes)


def _slot(match: re.Match[str], pools: Mapping[str, object], *, capital: bool) -> Slot:
    name, marks = match["name"], match["marks"]
    pool = name if name in pools else name.rstrip("0123456789")
    if pool not in pools:
        raise UsageError(f"'{match[0]}' names no pool: {nearest(pool, pools)}")
    return Slot(name, pool, "+" in marks, "a " in marks, capital or "^" in marks)


def _closing(text: str, at: int) -> int | None:
    """Where the bracket that opens at `at` closes; None when it is no choice."""
    level, bars = 0, 0
    for i in range(at, len(text)):
        level += (text[i] == "[") - (text[i] == "]")
        bars += text[i] == "|" and level == 1
        if level == 0:
            return i if bars else None
    return None


def _split(text: str) -> list[str]:
    """The parts between the bars of the outermost level."""
    parts, level = [""], 0
    for char in text:
        level += (char == "[") - (char == "]")
        if char == "|" and level == 0:
            parts.append("")
        else:
            parts[-1] += char
    return parts


@lru_cache(maxsize=1 << 12)
def _takes_an(text: str) -> bool:
    """Whether "an" goes before a text, and not "a"."""
    return _AN.match(text) is not None


@lru_cache(maxsize=256)
def _strides(size: int) -> tuple[int, ...]:
    """The steps that visit every entry of a pool before the first returns."""
    return tuple(step for step in range(1, size + 1) if gcd(step, size) == 1)


class WorkdayWriter:
    """Writes the templates of one thread, and remembers what it has said in it.

    Nearly all text of nearly all sessions is written here, so it is one walk without detours.

    Args:
        pools: Compiled entries by name.
        fraction: Draws a float in [0, 1).
    """

    __slots__ = ("_bound", "_cast", "_decks", "_fraction", "_pools")

    def __init__(self, pools: Mapping[str, Pool], fraction: Callable[[], float]) -> None:
        self._pools = pools
        self._fraction = fraction
        self._bound: dict[str, str] = {}
        self._decks: dict[str, list[int]] = {}
        self._cast: dict[str, list[str]] = {}

    def write(self, template: Template) -> str:
        """The text of a template."""
        text = ""
        bound = self._bound
        for node in template:
            if type(node) is str:
                text += node
                continue
            if type(node) is not Slot:
                options = node.options  # type: ignore[union-attr]  # the third kind
                text += self.write(options[int(self._fraction() * len(options))])
                continue
            if node.fresh:
                most = _CAST.get(node.pool)
                word = self._next(node.pool) if most is None else self._one_of(node.pool, most)
            else:
                found = bound.get(node.key)
                if found is None:
                    found = bound[node.key] = self._next(node.pool)
                word = found
            if node.article:
                word = f"{'an' if _takes_an(word) else 'a'} {word}"
            text += word[:1].upper() + word[1:] if node.capital else word
        return text

    def say(self, pool: str) -> str:
        """A fresh entry of that pool, as a sentence of its own."""
        text = self._next(pool)
        return text[:1].upper() + text[1:]

    def _one_of(self, pool: str, most: int) -> str:
        """The next of the few that the thread has to do with, those bound by name left out."""
        cast = self._cast.setdefault(pool, [])
        if len(cast) < most:
            cast.append(self._next(pool))
        else:
            cast.append(cast.pop(0))
        return cast[-1]

    def _next(self, name: str) -> str:
        """The next entry of a pool: a walk with a drawn start and stride, so none comes twice."""
        pool = self._pools[name]
        deck = self._decks.get(name)
        if deck is None:
            size = len(pool)
            strides = _strides(size)
            at = int(self._fraction() * size)
            self._decks[name] = [at, strides[int(self._fraction() * len(strides))]]
        else:
            at = deck[0] = (deck[0] + deck[1]) % len(pool)
        entry = pool[at]
        return entry if isinstance(entry, str) else self.write(entry)
