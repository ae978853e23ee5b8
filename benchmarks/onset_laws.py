"""Does the onset estimator get back known onsets? And what would the usual reading have said?

    python benchmarks/onset_laws.py [--runs 60] [--n 600] [--sessions 30] [--jobs 2]

Every law is studied `runs` times with sessions as random effects (see `simulate`); the truth is
computed from the law. Beside the estimator, on the same data, the field's reading: the first of
ten levels with a mean recall under 85 %, taken as an interval as wide as the level.

Coverage counts [lo, None] as covering every truth from lo on; where no interval is given although
there is an onset, that counts as a miss. Widths take an open end as 1. The error is that of the
posterior median, over the runs in which an onset was found. The field's columns come last.
"""

from __future__ import annotations

import argparse
import os
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy: the jobs share the cores

from typing import TYPE_CHECKING

import numpy as np

from harness.analysis.calibration.simulated_laws import LAWS, law_onset
from harness.analysis.onset import estimate_onset, simulate

if TYPE_CHECKING:
    import polars as pl

LEVELS = 10
THRESHOLD = 0.85


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """What one method said of one draw."""

    detected: bool
    onset: float | None
    lo: float | None
    hi: float | None
    elapsed_s: float = 0.0
    phi: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One draw of one law."""

    law: str
    run: int
    n: int
    sessions: int


def field_reading(rows: pl.DataFrame) -> Study:
    """The first of ten levels with a mean recall under 85 %."""
    fill, score = rows["fill"].to_numpy(), rows["score"].to_numpy()
    level = np.minimum((fill * LEVELS).astype(int), LEVELS - 1)
    for i in range(LEVELS):
        if np.any(level == i) and score[level == i].mean() < THRESHOLD:
            lo, hi = i / LEVELS, (i + 1) / LEVELS
            return Study(detected=True, onset=(lo + hi) / 2, lo=lo, hi=hi)
    return Study(detected=False, onset=None, lo=1.0, hi=None)


def study(task: Task) -> tuple[str, Study, Study]:
    """One draw, and what the estimator and the field say of it."""
    seed = np.random.SeedSequence([sorted(LAWS).index(task.law), task.run, task.n, task.sessions])
    law = LAWS[task.law]
    rows = simulate(law, np.random.default_rng(seed), n=task.n, sessions=task.sessions)
    before = time.process_time()
    found = estimate_onset(rows)
    elapsed_s = time.process_time() - before
    ours = Study(
        detected=found.detected,
        onset=found.onset,
        lo=found.lo,
        hi=found.hi,
        elapsed_s=elapsed_s,
        phi=found.phi or 1.0,
    )
    return task.law, ours, field_reading(rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What the runs of one law, or of several, come to; None where it has no meaning."""

    coverage: float | None
    width: float | None
    rmse: float | None
    found: float


def line(studies: list[tuple[Study, float | None]]) -> Line:
    """Coverage, width and error against the truth, and how often an onset was said."""
    found = float(np.mean([s.detected for s, _ in studies]))
    known = [(s, t) for s, t in studies if t is not None]
    if not known:
        return Line(coverage=None, width=None, rmse=None, found=found)
    covered = [s.lo is not None and s.lo <= t and (s.hi is None or t <= s.hi) for s, t in known]
    width = [(1.0 if s.hi is None else s.hi) - (s.lo or 0.0) for s, _ in known]
    errors = [s.onset - t for s, t in known if s.onset is not None]
    rmse = float(np.sqrt(np.mean(np.square(errors)))) if errors else None
    coverage = float(np.mean(covered))
    return Line(coverage=coverage, width=float(np.mean(width)), rmse=rmse, found=found)


def show(name: str, truth: float | None, ours: Line, field: Line) -> None:
    """One line of the table."""
    cells = [name.ljust(14), "   -" if truth is None else f"{truth:.2f}"]
    for one in (ours, field):
        values = (one.coverage, one.width, one.rmse, one.found)
        cells += ["    -" if value is None else f"{value:5.3f}" for value in values]
        cells.append("|")
    print("  ".join(cells[:-1]))


def main() -> None:
    """Run the studies and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=60, help="studies a law")
    parser.add_argument("--n", type=int, default=600, help="probes a study")
    parser.add_argument("--sessions", type=int, default=30)
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--laws", nargs="*", default=list(LAWS), choices=list(LAWS), metavar="LAW")
    asked = parser.parse_args()
    tasks = [
        Task(law=law, run=run, n=asked.n, sessions=asked.sessions)
        for law in asked.laws
        for run in range(asked.runs)
    ]
    with ProcessPoolExecutor(asked.jobs) as pool:
        done = list(pool.map(study, tasks, chunksize=10))
    title = f"{asked.runs} runs a law, {asked.n} probes, {asked.sessions} sessions"
    report(asked.laws, done, title)


def report(laws: list[str], done: list[tuple[str, Study, Study]], title: str) -> None:
    """The table, pooled lines and timings."""
    print(title)
    print(" " * 22 + "the estimator".center(26) + "  |  " + "first level under 85 %".center(26))
    names = ("cover", "width", " rmse", "found")
    print("  ".join(["law".ljust(14), "true", *names, "|", *names]))
    pooled: dict[str, list[tuple[Study, Study, float | None]]] = {"onset": [], "no onset": []}
    for law in laws:
        truth = law_onset(law) if LAWS[law].claimable else None
        here = [(ours, field) for name, ours, field in done if name == law]
        show(law, truth, line([(o, truth) for o, _ in here]), line([(f, truth) for _, f in here]))
        if LAWS[law].claimable:
            kind = "no onset" if truth is None else "onset"
            pooled[kind] += [(o, f, truth) for o, f in here]
    for kind, rows in pooled.items():
        if rows:
            ours, field = line([(o, t) for o, _, t in rows]), line([(f, t) for _, f, t in rows])
            show(f"all: {kind}", None, ours, field)
    elapsed_s = np.array([ours.elapsed_s for _, ours, _ in done])
    phi = np.array([ours.phi for _, ours, _ in done])
    print(
        f"a fit, CPU: median {np.median(elapsed_s):.3f} s, 95th percentile "
        f"{np.quantile(elapsed_s, 0.95):.3f} s; mean design effect {phi.mean():.2f}"
    )


if __name__ == "__main__":
    main()
