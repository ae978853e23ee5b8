"""Reads the word lists and beats that come with the package; its one rule: a file is read once.

A file has pools and beats. `@name: a; b; c` is a pool of phrases, `@name` alone begins a pool of
sentences, one a line, up to an empty line, and `3..9` or `10..50/5` stands for numbers. `> kind`
begins a beat: wordings of the user's message, each behind `U `, and of the answer, behind `A `,
which may run over several lines. Any wording of the one fits any of the other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from harness.core.draws import digest
from harness.core.errors import UsageError, nearest
from harness.sessions.fillers.workday.grammar import LateTemplate, pool_entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from harness.sessions.fillers.workday.grammar import Pool

Kind: TypeAlias = Literal["open", "beat", "any", "late", "close"]
"""Opens a thread; belongs to one subject; to all; to all, not early; ends a thread."""

_NUMBERS = re.compile(r"([0-9]+)\.\.([0-9]+)(?:/([0-9]+))?")
_SUBJECT_POOLS = ("short", "part", "step", "risk", "fact", "goal", "whether", "tip")
"""What the shared beats ask of every subject."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """One turn in all of its wordings."""

    user: tuple[LateTemplate, ...]
    answer: tuple[LateTemplate, ...]
    last: bool
    """Whether it ends a thread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a thread may be about."""

    name: str
    pools: Mapping[str, Pool]
    beats: Mapping[Kind, tuple[Beat, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One text file, taken apart but not compiled."""

    pools: Mapping[str, tuple[str, ...]]
    beats: tuple[tuple[Kind, tuple[str, ...], tuple[str, ...]], ...]
    """Kind, wordings of the user, wordings of the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Everything that the filler can talk about."""

    subjects: tuple[Subject, ...]
    digest: str
    """Of all texts."""


LANGUAGES = ("en", "de", "es", "zh", "ja")
"""Codes of the languages that there is text in."""


@lru_cache(maxsize=len(LANGUAGES))
def catalogue(language: str = "en") -> Catalogue:
    """The subjects that come with the package, in a language."""
    root = files("harness.sessions.fillers.workday")
    if language != "en":
        root = root.joinpath("languages", language)
    shared = root.joinpath("shared.txt").read_text(encoding="utf-8")
    texts = {
        entry.name.removesuffix(".txt"): entry.read_text(encoding="utf-8")
        for entry in root.joinpath("subjects").iterdir()
        if entry.name.endswith(".txt")
    }
    return assemble(shared, texts)


def assemble(shared: str, texts: Mapping[str, str]) -> Catalogue:
    """The subjects of these texts.

    Args:
        shared: Text of the pools and beats that every subject has.
        texts: Text of each subject, by name.

    Raises:
        UsageError: A text does not keep to the notation; the message names the subject.
    """
    common = read_section("shared", shared)
    names = {*common.pools, *_SUBJECT_POOLS}
    common_pools = _pools(common.pools, names)
    common_beats = _beats(common, names)
    subjects: list[Subject] = []
    for name, text in sorted(texts.items()):
        source = read_section(name, text)
        missing = sorted(set(_SUBJECT_POOLS) - set(source.pools))
        if missing:
            raise UsageError(f"subject '{name}' lacks the pools {', '.join(missing)}")
        own = {*common.pools, *source.pools}
        try:
            pools = {**common_pools, **_pools(source.pools, own)}
            beats = {**common_beats, **_beats(source, own)}
        except UsageError as error:
            raise UsageError(f"subject '{name}': {error}") from None
        subjects.append(Subject(name=name, pools=pools, beats=beats))
    return Catalogue(subjects=tuple(subjects), digest=digest([shared, dict(texts)]))


def read_section(name: str, text: str) -> Section:
    """A text file taken apart.

    Raises:
        UsageError: A line belongs to nothing, or a beat has no such kind.
    """
    pools: dict[str, tuple[str, ...]] = {}
    beats: list[tuple[Kind, tuple[str, ...], tuple[str, ...]]] = []
    for number, block in _blocks(text):
        head, _, body = block.partition("\n")
        if head.startswith("@") and ":" in head:
            label, _, phrases = head[1:].partition(":")
            pools[label] = tuple(part.strip() for part in phrases.split(";"))
        elif head.startswith("@"):
            pools[head[1:].strip()] = tuple(body.strip().split("\n"))
        elif head.startswith("> "):
            kind = _kind(name, number, head[2:].strip())
            beats.append((kind, _wordings(body, "U "), _wordings(body, "A ")))
        elif not head.startswith("#"):
            raise UsageError(f"{name}, line {number}: '{head}' is neither a pool nor a beat")
    return Section(
        pools={key: _numbers(entries) for key, entries in pools.items()}, beats=tuple(beats)
    )


def _blocks(text: str) -> Iterable[tuple[int, str]]:
    """What begins with a pool or a beat and runs to the next, with its line number."""
    block: list[str] = []
    first = 1
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(("@", "> ")) and block:
            if any(block):
                yield first, "\n".join(block).strip("\n")
            block = []
        if not block:
            if not line:
                continue
            first = number
        block.append(line)
    if block:
        yield first, "\n".join(block).strip("\n")


def _kind(name: str, number: int, word: str) -> Kind:
    kinds: tuple[Kind, ...] = get_args(Kind)
    for kind in kinds:
        if kind == word:
            return kind
    raise UsageError(
        f"{name}, line {number}: unknown kind of beat '{word}': {nearest(word, kinds)}"
    )


def _wordings(body: str, mark: str) -> tuple[str, ...]:
    """The wordings of one side of a beat."""
    found: list[list[str]] = []
    mine = False
    for line in body.split("\n"):
        if line.startswith(("U ", "A ")):
            mine = line.startswith(mark)
            if mine:
                found.append([line[2:]])
        elif mine:
            found[-1].append(line)
    return tuple("\n".join(lines).strip() for lines in found)


def _numbers(entries: tuple[str, ...]) -> tuple[str, ...]:
    match = _NUMBERS.fullmatch(entries[0])
    if match is None:
        return entries
    low, high, step = int(match[1]), int(match[2]), int(match[3] or 1)
    return tuple(str(number) for number in range(low, high + 1, step))


def _pools(sources: Mapping[str, tuple[str, ...]], names: set[str]) -> dict[str, Pool]:
    known = dict.fromkeys(names)
    compiled: dict[str, Pool] = {}
    for label, entries in sources.items():
        compiled[label] = tuple([pool_entry(entry, known) for entry in entries])
    return compiled


def _beats(source: Section, names: set[str]) -> dict[Kind, tuple[Beat, ...]]:
    known = dict.fromkeys(names)
    beats: dict[Kind, tuple[Beat, ...]] = {}
    for kind, user, answer in source.beats:
        beat = Beat(
            user=tuple([LateTemplate(text, known) for text in user]),
            answer=tuple([LateTemplate(text, known) for text in answer]),
            last=kind == "close",
        )
        beats[kind] = (*beats.get(kind, ()), beat)
    return beats
