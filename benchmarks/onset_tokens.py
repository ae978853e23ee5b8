"""Does the estimator find onsets from an empty session on, in tokens, in windows of 32k to 1M?

    python benchmarks/onset_tokens.py [--runs 20] [--first 0] [--n 600] [--sessions 30]
                                      [--jobs 2] [--design octaves|halves]
                                      [--windows W ...] [--laws LAW ...]

Every law is studied `runs` times in every window. The onset of each study is drawn evenly over
octaves between 1,500 tokens and nine tenths of the window, and the law is solved for it; sessions
are random effects (see `simulate_tokens`). The same study gives the effective lengths, half-life
and area under the curve, each judged against the law's own.

Coverage counts [lo, None] as covering every truth from lo on; no interval is a miss. Widths and
errors are in octaves, an open end counts as the window's; the error is that of the posterior
median, over the runs in which an onset was found.
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

from harness.analysis.calibration.token_laws import FALLING, STEADY, law_in_tokens, simulate_tokens
from harness.analysis.onset import estimate_onset
from harness.analysis.onset.lengths import HALF, NOLIMA, RULER

if TYPE_CHECKING:
    from harness.analysis.calibration.token_laws import Design, TokenLaw
    from harness.analysis.onset import LengthEstimate, OnsetEstimate

WINDOWS = (32_000, 128_000, 1_000_000)
FIRST_TOKENS = 1_500
LAST_SHARE = 0.9
COVERAGE = (0.93, 0.99)
LEAST_COVERAGE, WIDTH, ERROR, FOUND, FALSE = 0.88, 1.3, 0.5, 0.85, 0.025


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One draw of one law in one window."""

    law: str
    window: int
    run: int
    n: int
    sessions: int
    design: Design


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """What the estimator said of one draw; widths and errors in octaves."""

    law: str
    window: int
    truth: float | None
    """Tokens."""
    covered: bool
    width: float
    error: float | None
    found: bool
    lengths: dict[str, bool]
    """Whether each length's interval holds its truth."""
    elapsed_s: float


def study(task: Task) -> Study:
    """One draw, and what the estimator says of it."""
    names = [*FALLING, *STEADY]
    rng = np.random.default_rng([task.window, names.index(task.law), task.run, task.n])
    truth = None
    if task.law in FALLING:
        ends = np.log((FIRST_TOKENS, LAST_SHARE * task.window))
        law = law_in_tokens(task.law, task.window, float(np.exp(rng.uniform(*ends))))
        truth = law.onset()
    else:
        law = law_in_tokens(task.law, task.window)
    rows = simulate_tokens(law, rng, n=task.n, sessions=task.sessions, design=task.design)
    before = time.process_time()
    found = estimate_onset(rows, band=False)
    elapsed_s = time.process_time() - before
    lo, hi = max(found.lo_tokens or 0, law.near_empty_tokens), found.hi_tokens
    error = None
    if truth is not None and found.onset_tokens:
        error = float(np.log2(found.onset_tokens / truth))
    return Study(
        law=task.law,
        window=task.window,
        truth=truth,
        covered=truth is None or (found.lo is not None and _holds(found.lo_tokens, hi, truth)),
        width=float(np.log2((hi or task.window) / lo)),
        error=error,
        found=found.detected,
        lengths=_lengths(found, law),
        elapsed_s=elapsed_s,
    )


def _holds(lo: int | None, hi: int | None, truth: float) -> bool:
    """Whether an interval in whole tokens holds a length."""
    return (lo or 0) <= truth + 1 and (hi is None or truth <= hi + 1)


def _lengths(found: OnsetEstimate, law: TokenLaw) -> dict[str, bool]:
    """Whether the interval of every length holds the law's own."""
    told = found.lengths
    if told is None:
        return {}
    plateau = law.plateau
    bars = (
        ("ruler", told.ruler, RULER),
        ("nolima", told.nolima, NOLIMA * plateau),
        ("half-life", told.half_life, HALF * plateau),
    )
    covered = {name: _length_holds(length, law, bar) for name, length, bar in bars}
    covered["auc"] = told.auc_lo <= law.auc() <= told.auc_hi
    return covered


def _length_holds(length: LengthEstimate, law: TokenLaw, bar: float) -> bool:
    """Whether the interval holds the longest length at which the law still meets the bar."""
    edge = law.first_below(bar)
    if edge is None:  # longer than the window
        return length.hi is None
    if law.plateau < bar:
        return length.lo == 0
    return _holds(length.lo_tokens, length.hi_tokens, edge)


def line(name: str, studies: list[Study]) -> str:
    """One line of the table."""
    known = [one for one in studies if one.truth is not None]
    cells = [name.ljust(18)]
    if known:
        errors = [one.error for one in known if one.error is not None]
        rms = f"{np.sqrt(np.mean(np.square(errors))):6.2f}" if errors else "     -"
        cells += [
            f"{np.mean([one.covered for one in known]):6.3f}",
            f"{np.mean([one.width for one in known]):6.2f}",
            rms,
        ]
    else:
        cells += ["     -"] * 3
    cells.append(f"{np.mean([one.found for one in studies]):6.3f}")
    for length in ("ruler", "nolima", "half-life", "auc"):
        told = [one.lengths[length] for one in studies if length in one.lengths]
        cells.append(f"{np.mean(told):9.3f}" if told else "        -")
    return "  ".join(cells)


def report(done: list[Study]) -> None:
    """A line a law and window, the pooled lines, and measured beside bar."""
    print(
        "law and window".ljust(18),
        "  cover   width     rms   found      ruler     nolima  half-life        auc",
    )
    cells = sorted({(one.window, one.law) for one in done})
    for window, law in cells:
        here = [one for one in done if (one.window, one.law) == (window, law)]
        print(line(f"{law} {window // 1000}k", here))
    falling = [one for one in done if one.law in FALLING]
    steady = [one for one in done if one.law in STEADY]
    for name, some in (("all: onset", falling), ("all: no onset", steady)):
        if some:
            print(line(name, some))
    if falling and steady:
        bars(falling, steady)
    elapsed_s = np.array([one.elapsed_s for one in done])
    print(
        f"a fit, CPU: median {np.median(elapsed_s):.3f} s, "
        f"95th percentile {np.quantile(elapsed_s, 0.95):.3f} s"
    )


def bars(falling: list[Study], steady: list[Study]) -> None:
    """Measured beside bar, and whether it is met."""
    by_cell = [
        np.mean([one.covered for one in falling if (one.law, one.window) == cell])
        for cell in sorted({(one.law, one.window) for one in falling})
    ]
    errors = [one.error for one in falling if one.error is not None]
    low, high = COVERAGE
    checks = [
        ("coverage", np.mean([one.covered for one in falling]), low, high),
        ("coverage of the worst law and window", min(by_cell), LEAST_COVERAGE, 1.0),
        ("width, octaves", np.mean([one.width for one in falling]), 0.0, WIDTH),
        ("rms error, octaves", np.sqrt(np.mean(np.square(errors))), 0.0, ERROR),
        ("found", np.mean([one.found for one in falling]), FOUND, 1.0),
        ("false onsets", np.mean([one.found for one in steady]), 0.0, FALSE),
    ]
    for length in ("ruler", "nolima", "half-life", "auc"):
        told = [one.lengths[length] for one in falling if length in one.lengths]
        checks.append((f"coverage of {length}", np.mean(told), low, high))
    for name, value, least, most in checks:
        met = "met" if least <= value <= most else "MISSED"
        print(f"{name:38} {value:6.3f}  bar {least:g} to {most:g}  {met}")


def main() -> None:
    """Run the studies and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=20, help="studies a law and window")
    parser.add_argument("--first", type=int, default=0, help="number of the first study, its seed")
    parser.add_argument("--n", type=int, default=600, help="probes a study")
    parser.add_argument("--sessions", type=int, default=30)
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--design", choices=("octaves", "halves"), default="octaves")
    parser.add_argument("--windows", type=int, nargs="*", default=WINDOWS, metavar="W")
    laws = [*FALLING, *STEADY]
    parser.add_argument("--laws", nargs="*", default=laws, choices=laws, metavar="LAW")
    asked = parser.parse_args()
    tasks = [
        Task(
            law=law,
            window=window,
            run=run,
            n=asked.n,
            sessions=asked.sessions,
            design=asked.design,
        )
        for window in asked.windows
        for law in asked.laws
        for run in range(asked.first, asked.first + asked.runs)
    ]
    with ProcessPoolExecutor(asked.jobs) as pool:
        done = list(pool.map(study, tasks, chunksize=10))
    print(f"{asked.runs} runs a cell, {asked.n} probes, {asked.sessions} sessions, {asked.design}")
    report(done)


if __name__ == "__main__":
    main()
