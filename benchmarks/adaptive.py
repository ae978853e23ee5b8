"""Do adaptive runs find the onset with fewer tokens, and are they honest about it?

    python benchmarks/adaptive.py [--studies 1] [--first 0] [--half-width 0.03] [--jobs 2]
                                  [--a-session 6] [--laws LAW ...]

A study is a whole run: `sessions` sessions that differ from each other (correlation 0.05, see
`simulate`), batches of 32 (64 from 1,000 probes on, which costs the same tokens and half the
time), the stopping rule asked after each, at most 4,000 probes. Six probes of a batch share a
session as it grows. Tokens are the sum of the fills: units of one full window. Paid are those of
them that no probe before sent in the same session, and a tenth of the others, as with a provider's
prefix cache; of the grid, whose sessions are fresh, all.

Beside it, on fresh draws of the same sessions, the ten-level grid: levels 0.1 to 1.0 in equal
numbers, without further control probes, every probe jittered within the tenth below its level
(fixed levels cannot bring the interval below a tenth, whatever they cost). With
`--grid-controls 0.25` a quarter of the grid's probes are controls. The grid ends like the adaptive
run: when two looks running (one every 128 probes, later every tenth more) give an interval as
narrow as the half-width asked for, or as the one with which the adaptive run ran out of probes; or
the same verdict, where no onset was claimed. It may go on to 16,000 probes; `>` marks medians that
this cuts short.

Coverage: the truth lies in the interval, [lo, None] covering all from lo on, and a law without an
onset is covered unless one is claimed.
"""

from __future__ import annotations

import argparse
import os
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy: the jobs share the cores

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import polars as pl

from harness.adaptive.choose import next_batch
from harness.adaptive.stop import stop
from harness.analysis.calibration.simulated_laws import LAWS, law_onset
from harness.analysis.onset import estimate_onset
from harness.core.draws import Draws

if TYPE_CHECKING:
    import numpy.typing as npt

    from harness.analysis.onset import OnsetEstimate

    Floats: TypeAlias = npt.NDArray[np.float64]

STUDIED = ("step", "logistic", "window", "linear", "none", "small", "floor")
RATIO_LAWS = ("step", "logistic", "window")
MOST_PROBES = 4000
GRID_MOST_PROBES = 16000
GRID_LEVELS = 10
GRID_BATCH = 128
LOOKS = 2
BATCH = 32
LATER = 1000  # probes from which on batches are twice as large
CORRELATION = 0.05
CONTROL = 0.05
CACHED = 0.1
"""Price of a token from the cache."""
COVERAGE, FALSE_ONSET, RATIO = 0.93, 0.025, 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One study of one law."""

    law: str
    study: int
    half_width: float
    sessions: int
    grid_controls: float
    a_session: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How a run ended."""

    rows: pl.DataFrame
    found: OnsetEstimate
    stopped: bool
    """False where the probes ran out first."""
    choosing_s: float = 0.0
    """The slowest choice of a batch, in CPU seconds."""

    @property
    def tokens(self) -> float:
        """In units of one full window."""
        return float(self.rows["fill"].sum())

    @property
    def paid(self) -> float:
        """The same with a prefix cache that costs a tenth."""
        past = self.rows.filter(pl.col("fill") > CONTROL)  # openings are sessions of their own
        longest = past.group_by("batch", "session").agg(pl.col("fill").max())["fill"].sum()
        fresh = self.tokens - float(past["fill"].sum()) + float(longest)
        return fresh + CACHED * (self.tokens - fresh)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """An adaptive run and the grid beside it."""

    law: str
    covered: bool
    claimed: bool
    stopped: bool
    half_width: float | None
    probes: int
    tokens: float
    paid: float
    grid_tokens: float
    grid_stopped: bool
    choosing_s: float


class Sessions:
    """Simulated sessions of one law: each is good or bad as a whole."""

    def __init__(self, law: str, sessions: int, rng: np.random.Generator) -> None:
        self._law = LAWS[law]
        self._rng = rng
        self._luck = rng.uniform(0, 1, sessions)

    def ask(self, session: npt.NDArray[np.int64], fill: Floats, position: Floats) -> pl.DataFrame:
        """The answers, as rows; recall is the session's quantile of a beta around the law."""
        from scipy.special import betaincinv

        recall = np.clip(self._law.probability(fill, position), 1e-9, 1 - 1e-9)
        mass = (1 - CORRELATION) / CORRELATION
        own = betaincinv(recall * mass, (1 - recall) * mass, self._luck[session])
        score = (self._rng.uniform(0, 1, len(fill)) < own).astype(np.float64)
        return pl.DataFrame({"session": session, "fill": fill, "score": score})


def adaptive_run(task: Task, model: Sessions) -> Run:
    """From the opening round to the stop."""
    draws = Draws("benchmark", task.law, task.study)
    rows = pl.DataFrame(schema={"session": pl.Int64, "fill": pl.Float64, "score": pl.Float64})
    rows = rows.with_columns(batch=pl.lit(0, dtype=pl.Int32))
    slowest, stopped, number = 0.0, False, 0
    while rows.height < MOST_PROBES and not stopped:
        number += 1
        before = time.process_time()
        batch = next_batch(
            rows,
            size=min(BATCH if rows.height < LATER else 2 * BATCH, MOST_PROBES - rows.height),
            sessions=task.sessions,
            batch=number,
            draws=draws,
            a_session=task.a_session,
        )
        slowest = max(slowest, time.process_time() - before)
        asked = model.ask(
            np.array([one.seed for one in batch]),
            np.array([one.fill for one in batch]),
            np.array([one.position for one in batch]),
        )
        rows = pl.concat([rows, asked.with_columns(batch=pl.lit(number, dtype=pl.Int32))])
        stopped = stop(rows, half_width=task.half_width) is not None
    return Run(rows=rows, found=estimate_onset(rows), stopped=stopped, choosing_s=slowest)


def grid_run(task: Task, model: Sessions, rng: np.random.Generator, goal: OnsetEstimate) -> Run:
    """The ten-level grid, until it knows as much as was asked, or as the adaptive run did."""
    parts: list[pl.DataFrame] = []
    probes = look = agreed = 0
    while True:
        controls = round(GRID_BATCH * task.grid_controls)
        level = np.arange(GRID_BATCH - controls) % GRID_LEVELS
        tenths = (level + 1 - rng.uniform(0, 1, len(level))) / GRID_LEVELS
        fill = np.concatenate((0.05 * rng.uniform(0.2, 1, controls), tenths))
        session = (probes + rng.permutation(GRID_BATCH)) % task.sessions
        position = (rng.permutation(GRID_BATCH) + rng.uniform(0, 1, GRID_BATCH)) / GRID_BATCH
        parts.append(model.ask(session, fill, position))
        probes += GRID_BATCH
        if probes < max(look, 256):
            continue
        look = int(probes * 1.1)
        rows = pl.concat(parts)
        found = estimate_onset(rows)
        agreed = agreed + 1 if as_good(found, goal, task.half_width) else 0
        if agreed == LOOKS or probes >= GRID_MOST_PROBES:
            return Run(rows=rows, found=found, stopped=agreed == LOOKS)


def half_width(found: OnsetEstimate) -> float | None:
    """Half the width of the interval; None where an end is open."""
    return None if found.lo is None or found.hi is None else (found.hi - found.lo) / 2


def as_good(found: OnsetEstimate, goal: OnsetEstimate, asked: float) -> bool:
    """Whether it says as much as was asked, or as the goal where that is less."""
    wanted, reached = half_width(goal), half_width(found)
    if wanted is not None:
        return reached is not None and reached <= max(wanted, asked) + 1e-9
    if goal.verdict == "not_reached":
        excluded = min(goal.lo or 0.0, 1 - 2 * asked)
        return found.verdict == "not_reached" and (found.lo or 0.0) >= excluded - 0.01
    return found.verdict == goal.verdict


def study(task: Task) -> Outcome:
    """One study: the adaptive run, then the grid."""
    names = [sorted(LAWS).index(task.law), task.study, task.sessions]
    sources = [np.random.default_rng(seed) for seed in np.random.SeedSequence(names).spawn(3)]
    run = adaptive_run(task, Sessions(task.law, task.sessions, sources[0]))
    grid = grid_run(task, Sessions(task.law, task.sessions, sources[1]), sources[2], run.found)
    truth = law_onset(task.law) if LAWS[task.law].claimable else None
    lo, hi = run.found.lo, run.found.hi
    inside = truth is not None and lo is not None and lo <= truth and (hi is None or truth <= hi)
    return Outcome(
        law=task.law,
        covered=inside or (truth is None and not run.found.detected),
        claimed=run.found.detected,
        stopped=run.stopped,
        half_width=half_width(run.found),
        probes=run.rows.height,
        tokens=run.tokens,
        paid=run.paid,
        grid_tokens=grid.tokens,
        grid_stopped=grid.stopped,
        choosing_s=run.choosing_s,
    )


def main() -> None:
    """Run the studies and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=1, help="studies a law")
    parser.add_argument("--first", type=int, default=0, help="number of the first study, its seed")
    parser.add_argument("--half-width", type=float, default=0.03, help="where a run may stop")
    parser.add_argument("--sessions", type=int, default=40)
    parser.add_argument("--grid-controls", type=float, default=0.0, help="share of the grid")
    parser.add_argument("--a-session", type=int, default=6, help="probes that share a session")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--laws", nargs="*", default=STUDIED, choices=list(LAWS), metavar="LAW")
    asked = parser.parse_args()
    first = Task(
        law="",
        study=0,
        half_width=asked.half_width,
        sessions=asked.sessions,
        grid_controls=asked.grid_controls,
        a_session=asked.a_session,
    )
    numbers = range(asked.first, asked.first + asked.studies)
    tasks = [replace(first, law=law, study=i) for law in asked.laws for i in numbers]
    with ProcessPoolExecutor(asked.jobs) as pool:
        done = list(pool.map(study, tasks))
    print(
        f"{asked.studies} studies a law, {asked.sessions} sessions, to a half-width of "
        f"{asked.half_width:g}, at most {MOST_PROBES} probes; grid with "
        f"{asked.grid_controls:g} controls; tokens in full windows, medians"
    )
    report(asked.laws, done)


def report(laws: list[str], done: list[Outcome]) -> None:
    """A line a law, then measured beside bar."""
    print(
        "law        true  cover  claims  stops  half-width  probes  tokens    paid     grid  ratio"
        "  of paid"
    )
    ratios = {}
    for law in laws:
        here = [one for one in done if one.law == law]
        tokens = float(np.median([one.tokens for one in here]))
        paid = float(np.median([one.paid for one in here]))
        grid = float(np.median([one.grid_tokens for one in here]))
        cut = ">" if np.mean([one.grid_stopped for one in here]) <= 0.5 else " "
        truth = law_onset(law) if LAWS[law].claimable else None
        widths = [one.half_width for one in here if one.half_width is not None]
        ratios[law] = grid / tokens
        print(
            f"{law:10} {'   -' if truth is None else f'{truth:.2f}'}"
            f"  {np.mean([one.covered for one in here]):5.3f}"
            f"  {np.mean([one.claimed for one in here]):6.3f}"
            f"  {np.mean([one.stopped for one in here]):5.2f}"
            f"  {f'{np.median(widths):10.3f}' if widths else '         -'}"
            f"  {np.median([one.probes for one in here]):6.0f}  {tokens:6.0f}  {paid:6.0f}"
            f"  {cut}{grid:6.0f}  {cut}{ratios[law]:4.1f}  {cut}{grid / paid:7.1f}"
        )
    bars(done, ratios)


def bars(done: list[Outcome], ratios: dict[str, float]) -> None:
    """Measured beside bar, and whether it is met."""
    known = [one for one in done if LAWS[one.law].claimable and law_onset(one.law) is not None]
    without = [one for one in done if one not in known]
    checks = []
    if known:
        coverage = float(np.mean([one.covered for one in known]))
        checks.append(("coverage, pooled over laws with an onset", coverage, ">=", COVERAGE))
    if without:
        claims = float(np.mean([one.claimed for one in without]))
        checks.append(("false onsets, pooled over laws without", claims, "<=", FALSE_ONSET))
    checks += [
        (f"grid over adaptive tokens, {law}", ratios[law], ">=", RATIO)
        for law in RATIO_LAWS
        if law in ratios
    ]
    for name, value, sign, bar in checks:
        met = value >= bar if sign == ">=" else value <= bar
        print(f"{name:42} {value:6.3f}  bar {sign} {bar:g}  {'met' if met else 'MISSED'}")
    slowest = max(one.choosing_s for one in done)
    print(f"{'slowest choice of a batch, CPU seconds':42} {slowest:6.3f}  bar <= 0.5")


if __name__ == "__main__":
    main()
