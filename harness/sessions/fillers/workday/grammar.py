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


_BOUND, _FRESH, _CAST_OF, _EITHER = range(4)
"""What fills a gap: the word of the thread, a fresh entry, the next of a small cast, or one of
several wordings."""
_CAPITAL, _ARTICLE = 1, 2
"""What is done to it, added up."""

Filling: TypeAlias = "tuple[int, str, str, tuple[str | Template, ...], int]"
"""What fills a gap, the name that it is remembered by for the thread, its pool, its wordings, and
what is done to it."""
Gap: TypeAlias = "tuple[int, str, str, tuple[str | Template, ...], int, str]"
"""A filling and the plain text behind it. A bare tuple is taken apart far quicker than an object,
and a session has tens of thousands of them."""
Template: TypeAlias = "tuple[str, tuple[Gap, ...]]"
"""Plain text, and the gaps behind it."""
Pool: TypeAlias = "tuple[str | Template | LateTemplate, ...]"
"""Entries that hold no gap are plain text."""


class LateTemplate:
    """A template that is compiled when it is first written: a short session needs a few of them.

    Args:
        text: The notation above.
        pools: The names that slots may have.
        entry: The text is an entry of a pool, so its start is not the start of a sentence.

    Raises:
        UsageError: A slot names no pool.
    """

    __slots__ = ("_entry", "_pools", "_text", "made")

    def __init__(self, text: str, pools: Mapping[str, object], *, entry: bool = False) -> None:
        for slot in _SLOT.finditer(text) if "{" in text else ():
            _pool_of(slot, pools)
        self._text = text
        self._pools = pools
        self._entry = entry
        self.made: Template | None = None
        """The template, once it was written."""

    def compiled(self) -> Template:
        """The template."""
        self.made = compile_text(self._text, self._pools, entry=self._entry)
        return self.made


def pool_entry(text: str, pools: Mapping[str, object], *, entry: bool = True) -> str | LateTemplate:
    """An entry of a pool: the text itself where it cannot hold a gap.

    Arguments and errors are those of `LateTemplate`.
    """
    return LateTemplate(text, pools, entry=entry) if _MARK.search(text) else text


def compile_text(text: str, pools: Mapping[str, object], *, entry: bool = False) -> Template:
    """A template that `WorkdayWriter` can write.

    Args:
        text: The notation above.
        pools: The names that slots may have.
        entry: The text is an entry of a pool, so its start is not the start of a sentence.

    Raises:
        UsageError: A slot names no pool.
    """
    plain = [""]
    gaps: list[Filling] = []
    at = 0
    for mark in _MARK.finditer(text):
        if mark.start() < at:
            continue
        plain[-1] += text[at : mark.start()]
        at = mark.start()
        slot = _SLOT.match(text, at)
        end = _closing(text, at) if text[at] == "[" else None
        if slot is None and end is None:
            plain[-1] += text[at]
            at += 1
            continue
        starts = _STARTS.search(plain[-1]) is not None and (bool(plain[-1]) or not (gaps or entry))
        if slot is not None:
            gaps.append(_slot(slot, pools, capital=starts))
            at = slot.end()
        elif end is not None:
            parts = _split(text[at + 1 : end])
            wordings = [compile_text(part, pools, entry=not starts) for part in parts]
            options = tuple(one if one[1] else one[0] for one in wordings)
            gaps.append((_EITHER, "", "", options, 0))
            at = end + 1
        plain.append("")
    plain[-1] += text[at:]
    first, *behind = plain
    return first, tuple((*gap, after) for gap, after in zip(gaps, behind, strict=True))


def _slot(match: re.Match[str], pools: Mapping[str, object], *, capital: bool) -> Filling:
    marks, pool = match["marks"], _pool_of(match, pools)
    fills = _BOUND if "+" not in marks else _CAST_OF if pool in _CAST else _FRESH
    done = (_CAPITAL if capital or "^" in marks else 0) + (_ARTICLE if "a " in marks else 0)
    return fills, match["name"], pool, (), done


def _pool_of(slot: re.Match[str], pools: Mapping[str, object]) -> str:
    name = slot["name"]
    pool = name if name in pools else name.rstrip("0123456789")
    if pool not in pools:
        raise UsageError(f"'{slot[0]}' names no pool: {nearest(pool, pools)}")
    return pool


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
        self._decks: dict[str, tuple[Pool, list[int]]] = {}
        self._cast: dict[str, list[str]] = {}

    def write(self, template: Template | LateTemplate) -> str:
        """The text of a template."""
        if isinstance(template, LateTemplate):
            template = template.made or template.compiled()
        text, gaps = template
        for fills, name, pool, options, done, after in gaps:
            if fills == _FRESH:
                word = self._next(pool)
            elif fills == _BOUND:
                found = self._bound.get(name)
                word = self._bind(name, pool) if found is None else found
            elif fills == _EITHER:
                chosen = options[int(self._fraction() * len(options))]
                word = chosen if isinstance(chosen, str) else self.write(chosen)
            else:
                word = self._one_of(pool)
            if done:
                if done >= _ARTICLE:
                    word = f"{'an' if _takes_an(word) else 'a'} {word}"
                if done != _ARTICLE:
                    word = word[:1].upper() + word[1:]
            text = f"{text}{word}{after}"
        return text

    def say(self, pool: str) -> str:
        """A fresh entry of that pool, as a sentence of its own."""
        text = self._next(pool)
        return text[:1].upper() + text[1:]

    def _bind(self, name: str, pool: str) -> str:
        """The word that the thread has for a name from now on."""
        word = self._bound[name] = self._next(pool)
        return word

    def _one_of(self, pool: str) -> str:
        """The next of the few that the thread has to do with, those bound by name left out."""
        cast = self._cast.setdefault(pool, [])
        word = self._next(pool) if len(cast) < _CAST[pool] else cast.pop(0)
        cast.append(word)
        return word

    def _next(self, name: str) -> str:
        """The next entry of a pool: a walk with a drawn start and stride, so none comes twice."""
        deck = self._decks.get(name)
        if deck is None:
            pool = self._pools[name]
            size = len(pool)
            strides = _strides(size)
            at = int(self._fraction() * size)
            self._decks[name] = pool, [at, strides[int(self._fraction() * len(strides))], size]
        else:
            pool, walk = deck
            at, step, size = walk
            at = walk[0] = (at + step) % size
        entry = pool[at]
        return entry if isinstance(entry, str) else self.write(entry)
