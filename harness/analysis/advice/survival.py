"""What a compaction keeps, read from the records of the sessions that it compacted.

A record tells whether the words of a fact were sent, or a summary of them that still holds its
value, and after how many rounds (`rounds`, `rounds_kept`); in older records these are counted by
where in the session the latest summary stands (`view`). Its one rule: a summary is asked about
once. Checkpoints between two compactions see the same summary, and count as one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from harness.analysis.advice.model import KeptFacts
from harness.analysis.curves import main_rows
from harness.analysis.records import collect

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import numpy.typing as npt
    import polars as pl

    from harness.analysis.records import Frame

    Floats: TypeAlias = npt.NDArray[np.float64]

LATER_FACTS = 10
"""With fewer facts that were compacted twice later rounds are taken to be as the first."""
_NEEDED = (
    "session", "repeat", "trunk", "variant", "question_id", "session_tokens", "compactions",
    "compacted_from", "compacted_to", "plant_messages", "view", "in_view", "run_id", "rounds",
    "rounds_kept",
)  # fmt: skip
_STEPS = 200
"""Shares that are told apart: so many equal parts of [0, 1]."""
_MOST_EFFECT = 4.0
"""The most by which facts of one session are taken to share its luck."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A fact that was in the session, or in a summary, and then went through compactions."""

    session: str
    before: int
    """Compactions that it had survived; 0: it was there as it was said."""
    after: int
    """Compactions that it had gone through in all."""
    held: bool
    """Whether the summary still holds its value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalDraws:
    """What the facts allow, as pairs that are equally likely: shape (draws,) each."""

    first: Floats
    later: Floats


def compacted(frame: Frame, *, more: tuple[str, ...] = ()) -> pl.DataFrame:
    """What `fact_passages` reads of the main arm, and more columns where they are asked for."""
    return collect(main_rows(frame).select(*_NEEDED, *more))


def fact_passages(rows: pl.DataFrame) -> list[Passage]:
    """What became of each fact at each round that some checkpoint saw.

    Args:
        rows: Of one model, window and policy; see `compacted`.
    """
    trunks: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows.iter_rows(named=True):
        trunks[row["run_id"], row["trunk"]].append(row)
    found = []
    for _, of_trunk in sorted(trunks.items()):
        found += list(_of_trunk(of_trunk))
    return found


def _of_trunk(rows: Iterable[dict[str, Any]]) -> Iterator[Passage]:
    """Of one conversation."""
    summaries: dict[int, int] = {}
    facts: dict[str, list[tuple[int, int, bool]]] = defaultdict(list)
    told: dict[tuple[str, int], tuple[int, int]] = {}
    sessions: dict[str, str] = {}
    for row in rows:
        done, plants = row["compactions"] or 0, row["plant_messages"]
        if done:
            summaries[done] = _summary_at(row["view"])
        if row["in_view"] is not None and plants and min(plants) >= 0:
            facts[row["question_id"]].append((done, max(plants), bool(row["in_view"])))
            sessions[row["question_id"]] = str(row["session"])
            if row["rounds"] is not None and row["rounds_kept"] is not None:
                fact = row["question_id"], max(plants)
                told[fact] = max(told.get(fact, (0, 0)), (row["rounds"], row["rounds_kept"]))
    for (name, _), (rounds, kept) in sorted(told.items()):
        yield from _told(sessions[name], rounds, kept)
    if not told:
        yield from _reckoned(facts, sessions, summaries)


def _told(session: str, rounds: int, kept: int) -> Iterator[Passage]:
    """Of a fact whose records tell how many rounds it went through, and how many it survived."""
    for number in range(1, min(rounds, kept + 1) + 1):
        yield Passage(session=session, before=number - 1, after=number, held=number <= kept)


def _reckoned(
    facts: Mapping[str, list[tuple[int, int, bool]]],
    sessions: Mapping[str, str],
    summaries: dict[int, int],
) -> Iterator[Passage]:
    """Of facts whose records are older and tell only whether the value was sent."""
    for name, seen in sorted(facts.items()):
        by_rounds: dict[int, bool] = {}
        last = -1
        for done, message, held in sorted(seen):
            if message != last:  # said anew since: what became of it before is another story
                by_rounds, last = {}, message
                before, alive = 0, True
            rounds = _rounds(message, done, summaries)
            if rounds == 0 or rounds in by_rounds or not alive:
                continue
            by_rounds[rounds] = held
            yield Passage(session=sessions[name], before=before, after=rounds, held=held)
            before, alive = rounds, held


def _summary_at(view: object) -> int:
    """Where the latest summary stands: behind the system messages, which are sent first."""
    spans = [tuple(span) for span in view] if isinstance(view, list) else []
    if not spans:
        return 0
    return int(spans[1][0] if spans[0][0] == 0 and len(spans) > 1 else spans[0][0])


def _rounds(message: int, done: int, summaries: dict[int, int]) -> int:
    """How many of the compactions so far a message has gone through.

    Where no checkpoint lies between two compactions only the later one's place is known; the place
    of the other is taken to lie evenly between its neighbours.
    """
    known = sorted(summaries)
    numbers = np.arange(1, done + 1)
    if not len(numbers):
        return 0
    places = np.interp(numbers, [0, *known], [0, *(summaries[one] for one in known)])
    return int((places > message).sum())


def draws(found: list[Passage], count: int) -> SurvivalDraws:
    """The shares that the fact_passages allow, by their posterior under Jeffreys' prior.

    The likelihood is tempered by what facts of one session are worth. Where hardly any fact was
    compacted twice, later rounds are as the first.
    """
    shares = (np.arange(_STEPS) + 0.5) / _STEPS
    log_share, log_prior = np.log(shares), -0.5 * (np.log(shares) + np.log1p(-shares))
    tied = n_later(found) < LATER_FACTS
    grid = np.zeros((_STEPS, _STEPS))
    alike = Counter((one.before, one.after, one.held) for one in found)
    for (before, after, held), times in sorted(alike.items()):
        first, later = (0, after - before) if before else (1, after - 1)
        kept = first * log_share[:, None] + later * log_share[None, :]
        grid += times * (kept if held else np.log(-np.expm1(np.minimum(kept, -1e-12))))
    grid /= session_effect(found)
    if tied:
        line = np.diagonal(grid) + log_prior
        index = _evenly(line, count)
        return SurvivalDraws(first=shares[index], later=shares[index])
    index = _evenly((grid + log_prior[:, None] + log_prior[None, :]).ravel(), count)
    at_first, at_later = np.unravel_index(index, grid.shape)
    return SurvivalDraws(first=shares[at_first], later=shares[at_later])


def given(first: float, later: float, count: int) -> SurvivalDraws:
    """Shares that somebody knows from elsewhere."""
    return SurvivalDraws(first=np.full(count, first), later=np.full(count, later))


def _evenly(log_weight: Floats, count: int) -> npt.NDArray[np.int64]:
    """Entries that each stand for the same share of the weight."""
    below = np.cumsum(np.exp(log_weight - log_weight.max()))
    at = (np.arange(count) + 0.5) / count * below[-1]
    return np.asarray(np.searchsorted(below, at), dtype=np.int64)


def session_effect(found: list[Passage]) -> float:
    """By how much facts of one session share its luck: robust over binomial variance of the share.

    Source: as for the onset, see `harness.analysis.onset.clustering`.
    """
    if not found:
        return 1.0
    held = np.array([one.held for one in found], dtype=np.float64)
    mean = (held.sum() + 0.5) / (len(held) + 1)
    sums: dict[str, float] = defaultdict(float)
    for one, value in zip(found, held, strict=True):
        sums[one.session] += value - mean
    sessions = len(sums)
    few = sessions / max(sessions - 1, 1)
    robust = few * float(np.sort(np.array(list(sums.values())) ** 2).sum())
    return float(np.clip(robust / (len(held) * mean * (1 - mean)), 1.0, _MOST_EFFECT))


def n_later(found: list[Passage]) -> int:
    """Facts that a summary held when it was compacted again."""
    return sum(one.after > 1 for one in found)


def survival(policy: str, found: list[Passage], drawn: SurvivalDraws, *, level: float) -> KeptFacts:
    """What the draws come to."""
    tails = ((1 - level) / 2, (1 + level) / 2)
    first_lo, first_hi = (float(end) for end in np.quantile(drawn.first, tails))
    later_lo, later_hi = (float(end) for end in np.quantile(drawn.later, tails))
    return KeptFacts(
        policy=policy,
        first=float(drawn.first.mean()),
        first_lo=first_lo,
        first_hi=first_hi,
        later=float(drawn.later.mean()),
        later_lo=later_lo,
        later_hi=later_hi,
        n_first=sum(one.before == 0 for one in found),
        n_later=n_later(found),
        n_sessions=len({one.session for one in found}),
    )
