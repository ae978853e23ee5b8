"""Which values a reply names: the right ones, and the wrong ones that betray a guess.

Its one rule: a wrong value counts when the reply brings it up itself. Not counted are values that
stand in the question, values inside a right one's own spelling ("fact" in "matter-of-fact"), and a
right value inside a wrong one's ("dry" in "dry humour") is not a right one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from harness.core.caching import by_text
from harness.core.languages import language
from harness.core.printable import shown
from harness.core.text import contains, find, read, words
from harness.scoring.negation import asks_for_a_denial, is_denied, taken_back
from harness.scoring.normalise import answer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from harness.core.probe import Probe
    from harness.core.scenario import Value
    from harness.core.text import Text

Kind = Literal["expected", "stale", "planted", "decoy", "shape"]
_KINDS: dict[Kind, str] = {
    "stale": "a superseded value",
    "planted": "the value of another fact",
    "decoy": "a value never said here",
    "shape": "a made-up value of the same kind",
}


@dataclass(frozen=True, slots=True)
class Mention:
    """A value where the reply names it."""

    value: str
    """As the scenario writes it; for a made-up value, its normal form."""
    kind: Kind
    start: int
    """Index of its first word in the reply."""
    stop: int
    denied: bool = False
    """Whether the reply says that it is not this, or for a wrong value, is so no more."""

    def __str__(self) -> str:
        what = _KINDS.get(self.kind)
        value = shown(self.value)
        return f"'{value}', {what}" if what else f"'{value}'"


@dataclass(frozen=True, slots=True)
class Named:
    """Everything that a reply names, in the order of the reply."""

    text: Text
    right: tuple[Mention, ...]
    wrong: tuple[Mention, ...]
    """Those that the reply holds to be true: "not the boathouse" brings up no boathouse."""

    def stands(self, value: Value) -> bool:
        """Whether an expected value is named, and not denied where it is named last."""
        last = [mention for mention in self.right if mention.value == value.text][-1:]
        return bool(last) and not last[0].denied

    def denies(self, value: Value) -> bool:
        """Whether an expected value is named, but only to be denied."""
        return not self.stands(value) and any(m.value == value.text for m in self.right)


@by_text(256)
def named(probe: Probe, reply: str) -> Named:
    """The values of a probe that a reply names."""
    said = answer(reply)
    code = probe.language
    text = read(said, code)
    asked = words(probe.question, code)
    found = list(_listed(probe, text, asked))
    if probe.shape is not None:
        taken = {i for m in found for i in range(m.start, m.stop)}
        made_up = _shaped(probe, said, text, asked)
        found += [m for m in made_up if taken.isdisjoint(range(m.start, m.stop))]
    found = sorted(_longest(found), key=lambda m: (m.start, m.stop))
    if not asks_for_a_denial(asked, code):
        found = [replace(m, denied=_denied(m, text, code)) for m in found]
    right = tuple(m for m in found if m.kind == "expected")
    return Named(text, right, tuple(m for m in found if m.kind != "expected" and not m.denied))


def _denied(mention: Mention, text: Text, code: str) -> bool:
    """Whether the reply takes the value back where it names it."""
    takes_back = is_denied if mention.kind == "expected" else taken_back
    return takes_back(text, mention.start, mention.stop, code)


def _listed(probe: Probe, text: Text, asked: tuple[str, ...]) -> Iterator[Mention]:
    """Mentions of the values that the probe lists."""
    code = probe.language
    own = {form for value in probe.expected for form in _forms(value, code)}
    yield from _where("expected", probe.expected, text, code)
    others: tuple[tuple[Kind, tuple[Value, ...]], ...] = (
        ("stale", probe.stale),
        ("planted", probe.planted),
        ("decoy", probe.decoys),
    )
    seen: set[str] = set()
    for kind, values in others:
        fresh = []
        for value in values:
            forms = _forms(value, code)
            if value.text in seen or not own.isdisjoint(forms):
                continue
            if not any(find(asked, form, code) for form in forms):
                fresh.append(value)
                seen.add(value.text)
        yield from _where(kind, fresh, text, code)


@lru_cache(maxsize=1 << 12)
def _forms(value: Value, code: str) -> tuple[tuple[str, ...], ...]:
    """The normal forms of everything that spells a value, its article left out."""
    forms = [words(spelling, code) for spelling in value.spellings]
    articles = _articles(code)
    bare = [form[1:] for form in forms if len(form) > 1 and form[0] in articles]
    return tuple(dict.fromkeys((*forms, *bare)))


@lru_cache(maxsize=32)
def _articles(code: str) -> frozenset[str]:
    return frozenset(words(language(code).articles, code))


def _where(kind: Kind, values: Iterable[Value], text: Text, code: str) -> Iterator[Mention]:
    for value in values:
        for form in _forms(value, code):
            for start in find(text.words, form, code):
                yield Mention(value.text, kind, start, start + len(form))


def _shaped(probe: Probe, said: str, text: Text, asked: tuple[str, ...]) -> Iterator[Mention]:
    """Mentions of whatever looks like a generated value.

    Read twice: as written, and in the normal form, where numbers in words have become digits.
    """
    shape = probe.shape or ""
    written = dict.fromkeys(m.group() for m in re.finditer(shape, said))
    normal = dict.fromkeys(m.group() for m in re.finditer(shape, " ".join(text.words)))
    forms = {words(match, probe.language) for match in written}
    forms |= {words(match) for match in normal}
    made_up = {form for form in forms if not contains(asked, form)}
    for size in {len(form) for form in made_up if form}:
        rows = zip(*(text.words[i:] for i in range(size)), strict=False)
        for start, form in enumerate(rows):
            if form in made_up:
                yield Mention(" ".join(form), "shape", start, start + size)


def _longest(found: Sequence[Mention]) -> Iterator[Mention]:
    """The mentions that do not lie inside a longer one."""
    furthest, widest = -1, (-1, -1)
    for mention in sorted(dict.fromkeys(found), key=lambda m: (m.start, -m.stop)):
        span = (mention.start, mention.stop)
        if mention.stop > furthest or span == widest:
            yield mention
        if mention.stop > furthest:
            furthest, widest = mention.stop, span
