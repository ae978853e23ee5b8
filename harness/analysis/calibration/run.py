"""Calibration: what the whole instrument says of models whose forgetting is known.

Its one rule: a study here is what `harness run` does, from the scenario to the onset of the report;
only the models are weights of a known mass.
"""

from __future__ import annotations

from asyncio import Runner
from dataclasses import replace
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Literal

import polars as pl

from harness.analysis.calibration.expected_recall import fact_places, law_of, plateau, true_onset
from harness.analysis.calibration.results import CRITERION, Calibration, CalibrationRow, Weight
from harness.analysis.curves import measured
from harness.analysis.records import collect, from_records
from harness.analysis.summary.build import summarise
from harness.core.errors import UsageError
from harness.core.near_empty import LONG_TOKENS
from harness.core.spec import Spec
from harness.core.study import Study
from harness.models import known_limit
from harness.runs.in_memory import run_in_memory
from harness.runs.planning.plan import make_plan
from harness.scenarios import load
from harness.scoring import scorers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.analysis.onset import OnsetEstimate
    from harness.analysis.records import Frame
    from harness.core.run_protocols import Progress
    from harness.core.scenario import Scenario
    from harness.sessions.materials import Workshop

LEVELS = 10
THRESHOLD = 0.85
"""The field's reading: the first of ten levels of fill with a mean recall under 85 %."""


def default_laws(window: int) -> tuple[str, ...]:
    """The weights of the set, for a window in tokens: their onsets lie inside of it.

    In long windows they are spread over octaves: from 1,500 tokens to most of the window.
    """
    own = f"limit={window}"
    if window > LONG_TOKENS:
        return _long_laws(own, window)
    return (
        f"reference/step?{own}&drop=0.6&onset=0.5",
        f"reference/step?draw=sentence&{own}&drop=0.6&onset=0.5",
        f"reference/logistic?{own}&mid=0.7&scale=0.06",
        f"reference/fading?{own}&onset=0.4&slope=1.5",
        f"reference/fading?draw=sentence&{own}&onset=0.4&slope=1.5",
        f"reference/middle?{own}&loss=0.8&onset=0.2",
        f"reference/window?{own}&tokens={round(0.6 * window)}",
        f"reference/lapse?{own}&rate=0.1",
        f"reference/perfect?{own}",
        f"reference/lapse?{own}&rate=0.9",
    )


def _long_laws(own: str, window: int) -> tuple[str, ...]:
    def at(tokens: int) -> str:
        return f"{tokens / window:.4g}"

    return (
        f"reference/step?{own}&drop=0.6&onset={at(1_500)}",
        f"reference/step?draw=sentence&{own}&drop=0.6&onset={at(6_000)}",
        f"reference/step?{own}&drop=0.6&onset=0.3",
        f"reference/logistic?{own}&mid={at(12_000)}&scale={at(1_500)}",
        f"reference/fading?{own}&onset={at(3_000)}&slope=1.5",
        f"reference/middle?{own}&loss=0.8&onset={at(4_000)}",
        f"reference/window?{own}&tokens=8000",
        f"reference/lapse?{own}&rate=0.1",
        f"reference/perfect?{own}",
        f"reference/lapse?{own}&rate=0.9",
    )


def chosen_laws(text: str | None, window: int) -> tuple[str, ...]:
    """The models that `--laws` names; a bare name means the weights of that name in the set.

    Args:
        text: Names with commas between them; None for the whole set.
        window: Tokens; the limit of every law that does not state its own.

    Raises:
        UsageError: A law or an option is unknown, or a law is given twice.
    """
    if text is None:
        return tuple(_spelled(model, window) for model in default_laws(window))
    chosen: list[str] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        name = part.removeprefix("reference/")
        ours = [m for m in default_laws(window) if Spec.parse(m).name == f"reference/{name}"]
        chosen += [_spelled(model, window) for model in ours or [f"reference/{name}"]]
    if not chosen:
        raise UsageError("--laws: no law given")
    for model in chosen:
        law_of(model)
        if chosen.count(model) > 1:
            raise UsageError(f"--laws: '{model}' is given twice")
    return tuple(chosen)


def _spelled(model: str, window: int) -> str:
    """The model's name in its one spelling, with the window as its limit."""
    spec = Spec.parse(model.removeprefix("reference/"))
    options = {"limit": str(window)} | dict(spec.options)
    return f"reference/{Spec(spec.name, tuple(sorted(options.items())))}"


def calibration_scenario(layout: Literal["growing", "grid"]) -> Scenario:
    """The scenario that calibrations run."""
    with as_file(files("harness.analysis") / "data" / "calibration.yaml") as path:
        return replace(load(path, known_scorers=scorers.names()), layout=layout)


def calibrate(
    models: Sequence[str],
    scenario: Scenario,
    *,
    window: int,
    n: int,
    seeds: int,
    workshop: Workshop,
    progress: Progress,
) -> Calibration:
    """Study every model n times, each time with seeds that no study had before.

    Args:
        models: Reference models, `reference/<law>?option=value`.
        scenario: What is said and asked.
        window: Tokens.
        n: Studies.
        seeds: Sessions of each study.
        workshop: Shared tools.
        progress: Is told of every trial.

    Raises:
        UsageError: Something asked for cannot be done.
        NothingSelectedError: There is no trial.
    """
    base = Study(
        scenarios=(scenario,),
        models=tuple(models),
        windows=(str(window),),
        seeds=seeds,
        controls=False,
    )
    readings: dict[str, list[tuple[CalibrationRow, CalibrationRow]]] = {
        model: [] for model in models
    }
    kept: dict[str, list[pl.DataFrame]] = {model: [] for model in models}
    probes = 0
    # Studies differ by a few trials; the first one says well enough how long all of them take.
    progress.begin(n * len(make_plan(base, workshop, known_limit).trials), 0)
    with Runner() as runner:
        for number in range(n):
            study = replace(base, first_seed=number * seeds)
            frame = from_records(run_in_memory(study, workshop, progress, runner))
            for group in summarise(frame, criterion=CRITERION).groups:
                own = frame.filter(pl.col("model") == group.model)
                kept[group.model].append(own)
                readings[group.model].append((reading(group.onset), field_reading(own)))
                probes += group.n_probes
            if number == 0:
                # What leaves no truth to compare with is told before all the other studies.
                plateau(law_of(models[0]), fact_places(kept[models[0]][0]))
    return Calibration(
        window=window,
        layout=scenario.layout,
        n=n,
        seeds=seeds,
        probes=probes / (n * len(models)),
        weights=tuple(_weight(model, pl.concat(kept[model]), readings[model]) for model in models),
    )


def _weight(
    model: str, frame: pl.DataFrame, readings: Sequence[tuple[CalibrationRow, CalibrationRow]]
) -> Weight:
    law, where = law_of(model), fact_places(frame)
    return Weight(
        model=model,
        truth=true_onset(law, where, criterion=CRITERION),
        plateau=plateau(law, where),
        readings=tuple(ours for ours, _ in readings),
        field=tuple(field for _, field in readings),
    )


def reading(found: OnsetEstimate) -> CalibrationRow:
    """What an estimate claims; one that cannot tell claims nothing."""
    return CalibrationRow(
        onset=found.onset, lo=found.lo, hi=found.hi, found=found.detected, phi=found.phi
    )


def field_reading(frame: Frame) -> CalibrationRow:
    """The first of ten levels of fill with a mean recall under 85 %, as wide as the level."""
    known = collect(measured(frame).select("fill", "score"))
    level = (known["fill"] * LEVELS).floor().clip(0, LEVELS - 1).alias("level")
    means = known.group_by(level).agg(pl.col("score").mean()).sort("level")
    below = means.filter(pl.col("score") < THRESHOLD)["level"]
    if below.is_empty():
        return CalibrationRow(onset=None, lo=1.0, hi=None, found=False)
    lo, hi = below[0] / LEVELS, (below[0] + 1) / LEVELS
    return CalibrationRow(onset=(lo + hi) / 2, lo=lo, hi=hi, found=True)
