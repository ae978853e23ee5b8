"""`harness.run` and `harness.arun`: measure something, and get what it came to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.api.run_result import RunResult
from harness.api.study_of import study_of
from harness.runs import run as replay
from harness.runs.run import HowToRun

if TYPE_CHECKING:
    from harness.api.study_of import Asked

OUT = Path("results")
"""Where the folders of runs are made unless somebody says otherwise."""


def run(asked: Asked, /, *, out: str | Path = OUT, **how: Any) -> RunResult:
    """Measure models on scenarios and keep a record of every trial.

    Args:
        asked: A `Study`; or scenarios: loaded, as files, or names of those that come along.
        out: Where the run's folder is made.
        how: `model`, `window`, `seeds` and whatever else `StudyOptions` has; and how it is run, see
            `HowToRun`.

    Returns:
        What it came to, with `.records()`, `.onset()` and `.report()`.

    Raises:
        UsageError: Something asked for cannot be done, the folder belongs to another study, or an
            event loop is running here.
        CassetteMissError: The cassette has no answer to something that is asked.
        NothingSelectedError: There is no trial.
    """
    study, rest = _divided(asked, how)
    return RunResult.of(replay.run(study, out=Path(out), **rest), study)


async def arun(asked: Asked, /, *, out: str | Path = OUT, **how: Any) -> RunResult:
    """`run` for notebooks, servers and whatever else has an event loop of its own.

    A cancelled task leaves a run that can be gone on with.

    Args:
        asked: As for `run`.
        out: Where the run's folder is made.
        how: As for `run`.

    Raises:
        UsageError: Something asked for cannot be done, or the folder belongs to another study.
        CassetteMissError: The cassette has no answer to something that is asked.
        NothingSelectedError: There is no trial.
    """
    study, rest = _divided(asked, how)
    return RunResult.of(await replay.arun(study, out=Path(out), **rest), study)


def _divided(asked: Asked, how: dict[str, Any]) -> tuple[Any, Any]:
    """The study, and how it is to be run."""
    running = {name: value for name, value in how.items() if name in HowToRun.__annotations__}
    for name in ("resume", "cassette", "cache", "stored"):
        if isinstance(running.get(name), str):
            running[name] = Path(running[name])
    return study_of(asked, {k: v for k, v in how.items() if k not in running}), running
