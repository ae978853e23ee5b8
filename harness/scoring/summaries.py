"""What a text that stands in place of a conversation kept of its facts: kept, garbled or lost.

Its one rule: a fact is kept when the text holds its value as replies are read, and the text that
shows it is quoted with its line. Garbled is only what the text itself shows: another value where it
speaks of the fact, a value that was superseded, one that is denied, or one that is misspelt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias

from harness.core.content_words import content_stems
from harness.core.text import contains, find, words
from harness.scoring.holds import holds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.core.known_fact import KnownFact
    from harness.core.scenario import Value

State: TypeAlias = Literal["kept", "garbled", "lost"]

_ALIKE = 0.75
"""Words that are so much alike letter by letter are one word, written wrongly."""
_RUN_TOGETHER = 0.9
"""The same where words were split or ran together, and any few words can make up some others."""
_SHORTEST = 4
"""Characters of a value that can be misspelt: of shorter ones too many words are alike."""
_ABOUT = 0.5
"""A line speaks of a fact when it has this share of the words of its question, and two at least."""
_FEWEST = 2
_SHOWN = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of one fact."""

    fact: KnownFact
    state: State
    why: str
    """In a few words."""
    line: int | None = None
    """Of the text, counted from 1: what shows it; None where nothing speaks of the fact."""
    excerpt: str = ""
    """That line."""


@dataclass(frozen=True)
class CompactedSummary:
    """A text that stands in place of a conversation, read once for all its facts."""

    text: str
    language: str = "en"

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """As they stand, blank ones too."""
        return tuple(self.text.split("\n"))

    @cached_property
    def words(self) -> tuple[tuple[str, ...], ...]:
        """Of each line."""
        return tuple(words(line, self.language) for line in self.lines)

    @cached_property
    def stems(self) -> tuple[frozenset[str], ...]:
        """Of each line."""
        return tuple(frozenset(content_stems(line, self.language)) for line in self.lines)

    def fate(self, fact: KnownFact) -> Fate:
        """What became of a fact."""
        held = [value for value in fact.expected if self.holds(fact, value)]
        if len(held) == len(fact.expected):
            return self._fate(fact, "kept", "its value stands", self._line_with(held[-1]))
        if held:
            missing = [value.text for value in fact.expected if value not in held]
            why = f"in part: without {', '.join(map(repr, missing))}"
            return self._fate(fact, "garbled", why, self._line_with(held[0]))
        for why, line in self._garbled(fact):
            return self._fate(fact, "garbled", why, line)
        about = next(iter(self._about(fact)), None)
        why = "nothing speaks of it" if about is None else "spoken of, without its value"
        return self._fate(fact, "lost", why, about)

    def holds(self, fact: KnownFact, value: Value) -> bool:
        """Whether the text says a value."""
        return holds(self.text, value, fact.question, self.language)

    def _fate(self, fact: KnownFact, state: State, why: str, line: int | None) -> Fate:
        excerpt = "" if line is None else " ".join(self.lines[line].split())
        if len(excerpt) > _SHOWN:
            excerpt = f"{excerpt[: _SHOWN - 1]}…"
        number = None if line is None else line + 1
        return Fate(fact=fact, state=state, why=why, line=number, excerpt=excerpt)

    def _line_with(self, value: Value) -> int | None:
        """The first line that names a value; of a value over two lines the first of these."""
        forms = [words(one, self.language) for one in value.spellings]
        for width in (1, 2):
            for start in range(len(self.words) - width + 1):
                joined = tuple(word for row in self.words[start : start + width] for word in row)
                if any(form and find(joined, form, self.language) for form in forms):
                    return start
        return None

    def _about(self, fact: KnownFact) -> Iterator[int]:
        """The lines that speak of a fact, those with most of its words first."""
        asked = frozenset(content_stems(fact.question, self.language))
        shared = [len(asked & stems) for stems in self.stems]
        enough = max(_FEWEST, _ABOUT * len(asked))
        yield from sorted(
            (line for line, count in enumerate(shared) if count >= enough),
            key=lambda line: (-shared[line], line),
        )

    def _garbled(self, fact: KnownFact) -> Iterator[tuple[str, int | None]]:
        """What stands in place of the value, and where."""
        for value in fact.expected:
            line = self._line_with(value)
            if line is not None:
                yield f"'{value.text}' is denied", line
        for value in fact.stale:
            if self.holds(fact, value):
                yield f"an earlier value: '{value.text}'", self._line_with(value)
        known = {words(one, self.language) for v in fact.planted for one in v.spellings}
        for value in fact.expected:
            yield from self._misspelt(fact, value, known)
        for line in self._about(fact):
            yield from self._other_value(fact, line, known)

    def _misspelt(
        self, fact: KnownFact, value: Value, known: set[tuple[str, ...]]
    ) -> Iterator[tuple[str, int]]:
        """Words that are nearly those of the value: anywhere for a long one, else beside the fact.

        Numbers are alike that have nothing to do with one another, so they have to stand beside it.
        """
        form = words(value.text, self.language)
        spelled = " ".join(form)
        if len(spelled) < _SHORTEST or not form:
            return
        beside = list(self._about(fact))
        anywhere = not all(word.replace(".", "").isdigit() for word in form)
        telling = any(char.isdigit() for char in spelled) or len(form) > 1
        for line in dict.fromkeys((*beside, *(range(len(self.lines)) if anywhere else ()))):
            if line not in beside and not telling:
                continue
            for row in _windows(self.words[line], len(form)):
                if row in known or row == form:
                    continue
                if _misspells(row, form):
                    yield f"'{' '.join(row)}' in place of '{value.text}'", line

    def _other_value(
        self, fact: KnownFact, line: int, known: set[tuple[str, ...]]
    ) -> Iterator[tuple[str, int]]:
        """A value of the same kind in a line that speaks of the fact."""
        row = self.words[line]
        asked = words(fact.question, self.language)
        for value in fact.decoys:
            form = words(value.text, self.language)
            if form and contains(row, form) and not contains(asked, form):
                yield f"another value: '{value.text}'", line
        for match in re.finditer(fact.shape, self.lines[line]) if fact.shape else ():
            form = words(match.group(), self.language)
            if form and form not in known and not contains(asked, form):
                yield f"another value: '{match.group()}'", line


def _windows(row: Sequence[str], size: int) -> Iterator[tuple[str, ...]]:
    """So many words in a row, each time; a word may have been split or joined."""
    for width in dict.fromkeys((size, size + 1, max(size - 1, 1))):
        for start in range(len(row) - width + 1):
            yield tuple(row[start : start + width])


def _misspells(row: Sequence[str], form: Sequence[str]) -> bool:
    """Whether words are nearly those of a value: each of them, or all where two ran together."""
    if len(row) == len(form):
        return all(_alike(one, other) for one, other in zip(form, row, strict=True))
    return _alike("".join(form), "".join(row), least=_RUN_TOGETHER)


def _alike(one: str, other: str, *, least: float = _ALIKE) -> bool:
    """Whether two spellings are nearly the same."""
    if one == other:
        return True
    if abs(len(one) - len(other)) > len(one) // 4 + 1:
        return False
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.quick_ratio() >= least and matcher.ratio() >= least
