"""Calibration of the kinds of question: what the instrument says of readers of known skill.

Each kind is asked of an exact reader, of one that only finds sentences, and of one whose skill
fails from a stated fill on; and the latest of two to sixteen values of one that takes older ones.
"""

from __future__ import annotations

from asyncio import Runner
from dataclasses import dataclass
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from harness.analysis.calibration.results import CRITERION
from harness.analysis.onset import estimate_onset
from harness.analysis.records import collect, from_records
from harness.analysis.stats.session_slope import slope_within
from harness.core.study import Study
from harness.kinds.answers import guess
from harness.models.reference.skilled import InterferenceReader
from harness.runs.in_memory import run_in_memory
from harness.scenarios import load
from harness.scoring import scorers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.analysis.onset import OnsetEstimate
    from harness.core.run_protocols import Progress
    from harness.core.scenario import Question, Scenario
    from harness.sessions.materials import Workshop

ONSET, SLOPE = 0.45, 2.0
"""Fill from which the skill of the weak reader fails, and how fast."""
LOSS = 0.12
"""Share of answers that a doubling of the values costs the reader of the law of interference."""
LEVEL = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class KindReading:
    """What one kind of question gave; scores and fills are fractions."""

    kind: str
    """Spec of the kind."""
    guess: float
    """What guessing is worth."""
    n: int
    """Answers of each reader."""
    exact: float
    """Mean score of the exact reader."""
    finder: float
    """Mean score of the reader that only finds sentences."""
    truth: float
    """Fill at which the weak reader's score has fallen by the criterion, by its law."""
    onset: OnsetEstimate
    """What was found."""

    @property
    def covered(self) -> bool:
        """Whether the interval of the onset holds the truth."""
        lo, hi = self.onset.lo, self.onset.hi
        return lo is not None and lo <= self.truth and (hi is None or self.truth <= hi)


@dataclass(frozen=True, slots=True, kw_only=True)
class InterferenceReading:
    """What a doubling of the values costs: by the law, and as it was found."""

    truth: float
    loss: float | None
    lo: float | None
    hi: float | None
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KindCalibration:
    """What a calibration of the kinds found out."""

    window: int
    seeds: int
    kinds: tuple[KindReading, ...]
    interference: InterferenceReading


def calibrate_kinds(
    *, window: int, seeds: int, workshop: Workshop, progress: Progress
) -> KindCalibration:
    """Ask every kind of readers whose skill is known.

    Args:
        window: Tokens; the readers' own limit, too.
        seeds: Sessions.
        workshop: Shared tools.
        progress: Is told of every trial.

    Raises:
        UsageError: The window is too small for what is said.
    """
    own = f"limit={window}"
    weak = f"reference/unskilled?{own}&onset={ONSET}&slope={SLOPE}"
    exact, finder = f"reference/exact?{own}", f"reference/finder?{own}"
    older = f"reference/interference?{own}&slope={LOSS}"
    skills, values = _scenario("skills"), _scenario("interference")
    with Runner() as runner:
        frames = [
            from_records(run_in_memory(study, workshop, progress, runner))
            for study in (
                _study(skills, (exact, finder, weak), window, seeds),
                _study(values, (older,), window, seeds),
            )
        ]
    by_model = {model: _answers(frames[0], model) for model in (exact, finder, weak)}
    return KindCalibration(
        window=window,
        seeds=seeds,
        kinds=tuple(
            _reading(question, by_model[exact], by_model[finder], by_model[weak])
            for question in skills.questions
        ),
        interference=_interference(values, _answers(frames[1], older)),
    )


def true_fall(fault: float) -> float:
    """The fill at which the weak reader's score is down by the criterion.

    Args:
        fault: What its wrong way of answering scores by chance, in [0, 1).

    >>> true_fall(0.0), true_fall(0.5)
    (0.475, 0.5)
    """
    return ONSET + CRITERION / (SLOPE * (1.0 - fault))


def _fault(question: Question) -> float:
    """What the weak reader scores by chance where its skill has failed."""
    chosen = question.kind.name in {"order", "reversal"}
    return guess(question) if chosen else 0.0


def _scenario(name: str) -> Scenario:
    with as_file(files("harness.analysis") / "data" / f"{name}.yaml") as path:
        return load(path, known_scorers=scorers.names())


def _study(scenario: Scenario, models: tuple[str, ...], window: int, seeds: int) -> Study:
    return Study(
        scenarios=(scenario,),
        models=models,
        windows=(str(window),),
        seeds=seeds,
        controls=False,
    )


def _answers(frame: pl.LazyFrame | pl.DataFrame, model: str) -> pl.DataFrame:
    kept = ("session", "question_id", "fill", "score", "guess", "window_limit")
    return collect(frame.lazy().filter(pl.col("model") == model).select(kept)).sort(pl.all())


def _reading(
    question: Question,
    exact: pl.DataFrame,
    finder: pl.DataFrame,
    weak: pl.DataFrame,
) -> KindReading:
    own = pl.col("question_id") == question.id
    return KindReading(
        kind=str(question.kind),
        guess=guess(question),
        n=exact.filter(own).height,
        exact=_mean(exact.filter(own)),
        finder=_mean(finder.filter(own)),
        truth=true_fall(_fault(question)),
        onset=estimate_onset(weak.filter(own), criterion=CRITERION, level=LEVEL, band=False),
    )


def _mean(rows: pl.DataFrame) -> float:
    return float(rows["score"].drop_nulls().to_numpy().mean())


def _interference(scenario: Scenario, rows: pl.DataFrame) -> InterferenceReading:
    """The slope of the score on the logarithm of the number of values, sessions as clusters."""
    said: Mapping[str, int] = {fact.id: fact.pick for fact in scenario.facts}
    rows = rows.drop_nulls("score").sort("session", "question_id", "fill")
    doublings = np.array([np.log2(said[name]) for name in rows["question_id"]])
    found = slope_within(
        rows["score"].to_numpy(),
        -doublings,
        stratum=np.zeros(rows.height, dtype=np.int64),
        session=rows["session"].rle_id().to_numpy().astype(np.int64),
        level=LEVEL,
    )
    return InterferenceReading(
        truth=InterferenceReader(slope=LOSS).slope,
        loss=found.slope if found else None,
        lo=found.lo if found else None,
        hi=found.hi if found else None,
        n=rows.height,
    )
