"""What compactions kept of a conversation whose facts are known, with an interval.

Its one rule: what nobody can read has not been lost. A text that is opaque in part keeps what its
open part shows; of the rest nobody can tell, so that the text has no share.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, TypeAlias

import polars as pl

from harness.analysis.curves import wilson
from harness.scoring.summaries import CompactedSummary

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from harness.core.known_fact import KnownFact
    from harness.scenarios.importers.compactions import CompactedText

Door: TypeAlias = Literal["kept", "garbled", "lost", "opaque"]
DOORS: tuple[Door, ...] = ("kept", "garbled", "lost", "opaque")


@dataclass(frozen=True, slots=True, kw_only=True)
class FactInText:
    """One fact and what one compaction made of it."""

    fact: str
    question: str
    expected: tuple[str, ...]
    position: float | None
    """Where the conversation says it: 0 first token, 1 last; None where that is not known."""
    message: int | None
    """Which message says it, counted from 1; None likewise."""
    rounds: int
    """How many compactions it has gone through, this one included."""
    door: Door
    why: str
    line: int | None
    """Of the compacted text, counted from 1."""
    excerpt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Survived:
    """A share of facts with its interval (Wilson)."""

    kept: int
    n: int
    share: float | None
    """None where a part of the text cannot be read, so that nobody can tell of the others."""
    lo: float | None
    hi: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredText:
    """One compacted text, with what became of each fact that was said before it."""

    where: str
    """The file, and the line where it holds several."""
    words: int
    facts: tuple[FactInText, ...]
    survived: Survived
    garbled: int
    lost: int
    opaque: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CompactionScore:
    """Compactions of one conversation."""

    session: str
    n_facts: int
    level: float
    texts: tuple[ScoredText, ...]
    by_rounds: tuple[tuple[int, Survived], ...]
    """Of facts that went through so many compactions; empty where all went through one."""
    survived: Survived
    """Of facts that went through one compaction, over all texts that can be read."""
    again: Survived | None
    """Of facts that a compaction kept, those that the next round of it kept too; None where there
    was no other round."""


def score_compactions(
    session: str,
    facts: Sequence[KnownFact],
    texts: Iterable[CompactedText],
    *,
    chained: bool,
    level: float = 0.95,
) -> CompactionScore:
    """What each text kept of the facts.

    Args:
        session: Names the conversation.
        facts: What it is known to have said.
        texts: What stands in its place.
        chained: Whether the texts are the rounds of one conversation, each a compaction of what the
            one before left; else each is a compaction of the whole.
        level: Probability that each interval is to hold, in (0, 1).
    """
    scored = []
    cut = chained and any(fact.session_number > 1 for fact in facts)
    for number, one in enumerate(texts, start=1):
        before = [fact for fact in facts if not cut or fact.session_number <= number]
        rounds = {fact.id: number - fact.session_number + 1 if cut else number for fact in before}
        scored.append(_scored(one, before, rounds if chained else {}, level))
    every = [fact for text in scored for fact in text.facts]
    kinds = sorted({fact.rounds for fact in every})
    by_rounds = {
        rounds: _share([fact for fact in every if fact.rounds == rounds], level) for rounds in kinds
    }
    return CompactionScore(
        session=session,
        n_facts=len(facts),
        level=level,
        texts=tuple(scored),
        by_rounds=tuple(by_rounds.items()) if len(kinds) > 1 else (),
        survived=by_rounds.get(1, _untold(0, 0)) if chained else _over_texts(scored, level),
        again=_again(scored, level) if chained else None,
    )


def _scored(
    one: CompactedText, facts: Sequence[KnownFact], rounds: dict[str, int], level: float
) -> ScoredText:
    summary = CompactedSummary(one.text, facts[0].language if facts else "en")
    found = []
    for fact in facts:
        fate = summary.fate(fact)
        unseen = one.opaque and fate.state != "kept"
        found.append(
            FactInText(
                fact=fact.id,
                question=fact.question,
                expected=tuple(value.text for value in fact.expected),
                position=fact.position,
                message=fact.messages[-1] + 1 if fact.messages else None,
                rounds=rounds.get(fact.id, 1),
                door="opaque" if unseen else fate.state,
                why="in a part that nobody but its server can read" if unseen else fate.why,
                line=None if unseen else fate.line,
                excerpt="" if unseen else fate.excerpt,
            )
        )
    counts = {door: sum(fact.door == door for fact in found) for door in DOORS}
    return ScoredText(
        where=str(one.where),
        words=len(one.text.split()),
        facts=tuple(found),
        survived=_share(found, level),
        garbled=counts["garbled"],
        lost=counts["lost"],
        opaque=counts["opaque"],
    )


def _share(facts: Sequence[FactInText], level: float) -> Survived:
    """The share of facts that were kept; None where a part of the text is opaque.

    What its open part shows is kept for certain, so a share of that alone would always be all.
    """
    kept = sum(fact.door == "kept" for fact in facts)
    told = not any(fact.door == "opaque" for fact in facts)
    return _interval(kept, len(facts), len(facts), level) if told else _untold(kept, len(facts))


def _interval(kept: int, n: int, units: int, level: float) -> Survived:
    """A share with its interval, in which so many facts are the units."""
    if not n:
        return _untold(kept, n)
    successes = pl.Series([units * kept / n])
    lo, hi = wilson(successes, pl.Series([float(units)]), level=level)
    return Survived(kept=kept, n=n, share=kept / n, lo=lo.item(), hi=hi.item())


def _untold(kept: int, n: int) -> Survived:
    return Survived(kept=kept, n=n, share=None, lo=None, hi=None)


def _over_texts(texts: Sequence[ScoredText], level: float) -> Survived:
    """Over all texts that can be read: they share their facts, which count once each."""
    told = [fact for text in texts if text.survived.share is not None for fact in text.facts]
    if not told:
        facts = [fact for text in texts for fact in text.facts]
        return _untold(sum(fact.door == "kept" for fact in facts), len(facts))
    kept = sum(fact.door == "kept" for fact in told)
    return _interval(kept, len(told), len({fact.fact for fact in told}), level)


def _again(texts: Sequence[ScoredText], level: float) -> Survived | None:
    """Of the facts that a text holds, those that the next round of it still holds."""
    kept = n = 0
    facts = set()
    for before, after in pairwise(texts):
        if after.survived.share is None:
            continue
        held = {fact.fact for fact in before.facts if fact.door == "kept"}
        again = [fact for fact in after.facts if fact.fact in held]
        kept, n = kept + sum(fact.door == "kept" for fact in again), n + len(again)
        facts |= held
    return _interval(kept, n, len(facts), level) if n else None
