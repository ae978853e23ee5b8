"""Where does forgetting begin: rows in, one answer out.

Its one rule: nonsense leads to the verdict `insufficient` and says what is missing. Only values
that are no measurement at all (NaN, a score of 3) are refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

import polars as pl

from harness.analysis.onset.bands import curve, quantiles
from harness.analysis.onset.blunt import seeds_needed, smallest_drop
from harness.analysis.onset.cells import Cells, gather
from harness.analysis.onset.fit import Fit, fit
from harness.analysis.onset.interval import onset_interval
from harness.analysis.onset.lengths import effective_lengths
from harness.analysis.onset.monotone import RECOVERY_LEVEL, Recovery, recovery
from harness.analysis.onset.result import (
    WEAK,
    OnsetEstimate,
    OnsetPosterior,
    Verdict,
    percent,
)
from harness.analysis.onset.rows import Rows, read_rows, scored, together
from harness.analysis.onset.settings import EstimateSettings, settings
from harness.analysis.onset.witness import Witness, witness

if TYPE_CHECKING:
    from harness.analysis.onset.effective import EffectiveLengths

MIN_SESSIONS = 5
"""With fewer sessions their own luck cannot be told from forgetting: a variance between clusters
from two or three of them is itself known to a factor of five. So they get no onset at all."""


def estimate_onset(
    rows: Rows,
    *,
    criterion: float = 0.05,
    guess: float | None = None,
    level: float = 0.95,
    near_empty: int | None = None,
    window_tokens: int | None = None,
    control: float | None = None,
    floor: float | None = None,
    needle_only: Rows | None = None,
    band: bool = True,
) -> OnsetEstimate:
    """The first length at which recall has fallen from its own plateau by the criterion.

    A Bayesian average over a dictionary of monotone forgetting curves, with the likelihood
    tempered for the clustering of probes by session. Deterministic; the order of the rows and the
    names of the sessions do not matter.

    Args:
        rows: A polars frame or mappings with `session` (the cluster), `fill` (a fraction of the
            window) and `score` (in [0, 1], or None where it was not measured). With
            `window_limit` the answer is in tokens too; of records of several arms those of the
            main one are meant, and those of `needle_only` are the plateau's witness.
        criterion: The drop from the plateau that counts, in (0, 1).
        guess: Chance of being right without remembering, in [0, 1); unless said the mean of the
            rows' `guess`, and 0 where they have none.
        level: Probability that the interval is to hold, in (0, 1).
        near_empty: The longest prompt of the nearly empty window, in tokens; unless said 1,000,
            or a twentieth of windows up to 20,000 tokens.
        window_tokens: The window, where the rows do not say it.
        control: The end of the nearly empty window as a fill in (0, 1), instead.
        floor: A plateau less than this above `guess` is poor from the start, in (0, 1); four
            times the criterion unless said.
        needle_only: Answers to the same questions with nothing but the facts before them, where
            they are not among the rows: session, fill and score.
        band: False leaves the curve out, which takes a third of the time.

    Raises:
        UsageError: A column is missing, or a value is no number or out of its range.
    """
    if needle_only is not None and not isinstance(rows, pl.DataFrame | pl.LazyFrame):
        rows = together(rows, needle_only)
    read = read_rows(rows)
    if needle_only is not None and isinstance(rows, pl.DataFrame | pl.LazyFrame):
        read = read.with_needle(scored(needle_only, more=("scenario",))[0], window_tokens)
    if window_tokens is None:
        window_tokens = read.window_tokens
    asked = settings(
        criterion=criterion,
        guess=read.guess if guess is None else guess,
        level=level,
        near_empty=near_empty,
        window_tokens=window_tokens,
        control=control,
        floor=floor,
        facts_tokens=read.facts_tokens,
    )
    frame, n_excluded = read.main, read.n_excluded
    if frame.is_empty():
        total = f"none of {n_excluded} rows has a score" if n_excluded else "no probes"
        return _insufficient(asked, None, n_excluded, f"{total}; {_more_sessions(0)}")
    cells = gather(frame, control=asked.control)
    missing = _missing(cells)
    if missing is not None:
        return _insufficient(asked, cells, n_excluded, missing)
    beside = None if read.needle is None else witness(frame, read.needle, cells)
    return _estimate(asked, cells, n_excluded, beside, band=band)


def _more_sessions(sessions: int) -> str:
    more = MIN_SESSIONS - sessions
    noun = "" if sessions else " sessions"
    return f"at least {MIN_SESSIONS}{noun} are needed ({more} more seed{'s' * (more > 1)})"


def _missing(cells: Cells) -> str | None:
    """What is missing for an answer, if anything."""
    found = []
    if len(cells.n) == 1:
        if cells.has_controls:
            only = f"no probe past {percent(cells.control)} of the window"
        else:
            only = f"all probes at about one fill ({percent(cells.max_fill)})"
        found.append(f"{only}: more seeds would not help, more fills would (--fills 12)")
    sessions = cells.n_sessions
    if sessions < MIN_SESSIONS:
        only = "only one session" if sessions == 1 else f"only {sessions} sessions"
        found.append(f"{only}; {_more_sessions(sessions)}")
    return "; ".join(found) or None


class _Counts(TypedDict):
    window_tokens: int | None
    base_tokens: int | None
    facts_tokens: int | None
    criterion: float
    guess: float
    level: float
    control: float
    has_controls: bool
    n_probes: int
    n_sessions: int
    n_excluded: int
    max_fill: float | None


def _counts(asked: EstimateSettings, cells: Cells | None, n_excluded: int) -> _Counts:
    control = cells.control if cells else asked.control
    return _Counts(
        window_tokens=asked.window_tokens,
        base_tokens=asked.tokens(control),
        facts_tokens=asked.facts_tokens,
        criterion=asked.criterion,
        guess=asked.guess,
        level=asked.level,
        control=control,
        has_controls=cells.has_controls if cells else False,
        n_probes=cells.n_probes if cells else 0,
        n_sessions=cells.n_sessions if cells else 0,
        n_excluded=n_excluded,
        max_fill=cells.max_fill if cells else None,
    )


def _insufficient(
    asked: EstimateSettings, cells: Cells | None, n_excluded: int, missing: str
) -> OnsetEstimate:
    return OnsetEstimate(
        verdict="insufficient",
        detected=False,
        onset=None,
        lo=None,
        hi=None,
        plateau=None,
        plateau_lo=None,
        plateau_hi=None,
        phi=None,
        smallest_drop=None,
        probability_none=None,
        monotone=None,
        recovery_p=None,
        missing=missing,
        posterior=None,
        curve=(),
        **_counts(asked, cells, n_excluded),
    )


def _estimate(
    asked: EstimateSettings, cells: Cells, n_excluded: int, beside: Witness | None, *, band: bool
) -> OnsetEstimate:
    fitted = fit(asked, cells)
    posterior, mixture, phi = fitted.posterior, fitted.mixture, fitted.phi
    tail = (1 - asked.level) / 2
    above = quantiles(mixture, (tail, 1 - tail))
    mean = mixture.mean_plateau
    ends = (mean, min(float(above[0]), mean), max(float(above[1]), mean))
    plateau, plateau_lo, plateau_hi = (asked.guess + (1 - asked.guess) * x for x in ends)
    back = recovery(cells)
    rises = back is not None and back.p < RECOVERY_LEVEL
    visible = smallest_drop(cells, asked.criterion, plateau, phi, asked.level)
    verdict, lo, hi = _verdict(asked, cells, posterior, plateau)
    seeds = None
    if rises:
        verdict, lo, hi = "insufficient", None, None
    elif beside is not None and beside.gap_lo is not None and beside.gap_lo > asked.criterion:
        verdict, lo, hi = "before", 0.0, cells.control
    elif verdict == "not_reached":
        seeds = seeds_needed(cells, asked.criterion, plateau, visible)
        verdict = "not_reached" if seeds is None else "cannot_tell"
    onset = posterior.median if verdict == "detected" else None
    return OnsetEstimate(
        verdict=verdict,
        detected=verdict == "detected",
        onset=onset,
        lo=lo,
        hi=hi,
        plateau=plateau,
        plateau_lo=plateau_lo,
        plateau_hi=plateau_hi,
        phi=phi,
        smallest_drop=visible,
        probability_none=posterior.past,
        monotone=not rises,
        recovery_p=None if back is None else back.p,
        missing=_not_monotone(back) if back is not None and rises else None,
        posterior=_believed(verdict, posterior, cells),
        curve=(
            curve(
                fitted.book,
                mixture,
                guess=asked.guess,
                level=asked.level,
                max_fill=cells.max_fill,
            )
            if band
            else ()
        ),
        onset_tokens=asked.tokens(onset),
        lo_tokens=asked.tokens(lo),
        hi_tokens=asked.tokens(hi),
        weak=plateau < WEAK,
        needle_recall=beside.recall if beside else None,
        n_needle=beside.n if beside else 0,
        needle_gap_lo=beside.gap_lo if beside else None,
        seeds_needed=seeds,
        lengths=None if rises else _lengths(asked, cells, fitted),
        **_counts(asked, cells, n_excluded),
    )


def _believed(verdict: Verdict, posterior: OnsetPosterior, cells: Cells) -> OnsetPosterior | None:
    """What a comparison may take for the onset; before the nearly empty window ends is its end."""
    if verdict == "before":
        return OnsetPosterior(
            fills=(cells.control,), weights=(1.0,), past=0.0, max_fill=cells.max_fill
        )
    return posterior if verdict in {"detected", "not_reached", "cannot_tell"} else None


def _lengths(asked: EstimateSettings, cells: Cells, fitted: Fit) -> EffectiveLengths:
    return effective_lengths(
        fitted.book,
        fitted.mixture,
        cells,
        guess=asked.guess,
        level=asked.level,
        phi=fitted.phi,
        window_tokens=asked.window_tokens,
    )


def _not_monotone(back: Recovery) -> str:
    return (
        f"recall is not monotone: {percent(back.low_recall)} near {percent(back.low_fill)} of the "
        f"window, but {percent(back.high_recall)} near {percent(back.high_fill)}; "
        "no confident onset from one dip"
    )


def _verdict(
    asked: EstimateSettings, cells: Cells, posterior: OnsetPosterior, plateau: float
) -> tuple[Verdict, float | None, float | None]:
    """The verdict and the interval."""
    if plateau - asked.guess < asked.floor:
        return "floor", None, None
    lo, hi = onset_interval(posterior, cells, asked.level)
    return "not_reached" if hi is None else "detected", lo, hi
