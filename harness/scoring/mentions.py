"""Which values a reply names: the right ones, and the wrong ones that betray a guess.

Its one rule: a wrong value counts when the reply brings it up itself. Not counted are values that
stand in the question, values inside a right one's own spelling ("fact" in "matter-of-fact"), and a
right value inside a wrong one's ("dry" in "dry humour") is not a right one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from harness.core.text import contains, places, read, words
from harness.scoring.negation import asks_for_a_denial, is_denied
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

    def __str__(self) -> str:
        what = _KINDS.get(self.kind)
        return f"'{self.value}', {what}" if what else f"'{self.value}'"


@dataclass(frozen=True, slots=True)
class Named:
    """Everything that a reply names, in the order of the reply."""

    text: Text
    right: tuple[Mention, ...]
    wrong: tuple[Mention, ...]

    def stands(self, value: Value) -> bool:
        """Whether an expected value is named, and not denied where it is named last."""
        last = [mention for mention in self.right if mention.value == value.text][-1:]
        return bool(last) and not last[0].denied

    def denies(self, value: Value) -> bool:
        """Whether an expected value is named, but only to be denied."""
        return not self.stands(value) and any(m.value == value.text for m in self.right)


@lru_cache(maxsize=256)
def named(probe: Probe, reply: str) -> Named:
    """The values of a probe that a reply names."""
    said = answer(reply)
    text = read(said)
    asked = words(probe.question)
    found = list(_listed(probe, text, asked))
    if probe.shape is not None:
        taken = {i for m in found for i in range(m.start, m.stop)}
        made_up = _shaped(probe.shape, said, text, asked)
        found += [m for m in made_up if taken.isdisjoint(range(m.start, m.stop))]
    found = sorted(_longest(found), key=lambda m: (m.start, m.stop))
    deniable = not asks_for_a_denial(asked)
    right = tuple(
        Mention(m.value, m.kind, m.start, m.stop, deniable and is_denied(text, m.start, m.stop))
        for m in found
        if m.kind == "expected"
    )
    return Named(text, right, tuple(m for m in found if m.kind != "expected"))


def _listed(probe: Probe, text: Text, asked: tuple[str, ...]) -> Iterator[Mention]:
    """Mentions of the values that the probe lists."""
    own = {form for value in probe.expected for form in _forms(value)}
    yield from _where("expected", probe.expected, text)
    others: tuple[tuple[Kind, tuple[Value, ...]], ...] = (
        ("stale", probe.stale),
        ("planted", probe.planted),
        ("decoy", probe.decoys),
    )
    seen: set[str] = set()
    for kind, values in others:
        fresh = []
        for value in values:
            forms = _forms(value)
            if value.text in seen or not own.isdisjoint(forms):
                continue
            if not any(contains(asked, form) for form in forms):
                fresh.append(value)
                seen.add(value.text)
        yield from _where(kind, fresh, text)


@lru_cache(maxsize=1 << 12)
def _forms(value: Value) -> tuple[tuple[str, ...], ...]:
    """The normal forms of everything that spells a value."""
    return tuple(dict.fromkeys(words(spelling) for spelling in value.spellings))


def _where(kind: Kind, values: Iterable[Value], text: Text) -> Iterator[Mention]:
    for value in values:
        for form in _forms(value):
            for start in places(text.words, form):
                yield Mention(value.text, kind, start, start + len(form))


def _shaped(shape: str, said: str, text: Text, asked: tuple[str, ...]) -> Iterator[Mention]:
    """Mentions of whatever looks like a generated value.

    Read twice: as written, and in the normal form, where numbers in words have become digits.
    """
    matches = [
        m.group() for source in (said, " ".join(text.words)) for m in re.finditer(shape, source)
    ]
    for form in dict.fromkeys(words(match) for match in matches):
        if not contains(asked, form):
            for start in places(text.words, form):
                yield Mention(" ".join(form), "shape", start, start + len(form))


def _longest(found: Sequence[Mention]) -> Iterator[Mention]:
    """The mentions that do not lie inside a longer one."""
    spans = {(m.start, m.stop) for m in found}
    for mention in dict.fromkeys(found):
        start, stop = mention.start, mention.stop
        if not any(a <= start and stop <= b and b - a > stop - start for a, b in spans):
            yield mention
