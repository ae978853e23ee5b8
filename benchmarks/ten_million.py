"""Memory and time of ten million trials: what a plan takes, and a run that goes on.

    python benchmarks/ten_million.py [--trials 5000,30000] [--plan-only]

`harness plan` of so many trials of five models at 8,000 and 32,000 tokens; then `harness run
--resume` of a run of them in which all but the trials of the last seeds are recorded, with models
that cost nothing. Records of before are made up from those of a small run: another key, seed and
session, the rest as it was. Each is a process of its own, and peak is what it had resident,
start-up included; the CPU of a trial is that of the largest less that of the smallest. Ten million
are `--trials 10000000`; of a run that goes on they take 15 GB of disk.

Goals for any number of trials: a plan under 300 MB and 0.25 ms of CPU a trial, so that ten million
take 40 minutes; a run that goes on under 4 GB at ten million, and 2 ms of CPU for each trial.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from goals import told
from samples import SCENARIO, measured

from harness.core.files import dump_line
from harness.core.study import Study
from harness.models import known_limit
from harness.runs.folder.layout import CONFIG, RECORDS
from harness.runs.planning.plan import make_plan
from harness.runs.run import run
from harness.scenarios import load_all
from harness.sessions.materials import Workshop

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from samples import Used

ROOT = Path(__file__).resolve().parent.parent
FADING = "reference/fading?limit=32000&onset="
MODELS = ("reference/perfect", *(f"{FADING}{onset}" for onset in (0.5, 0.6, 0.7, 0.8)))
WINDOWS = ("8k", "32k")
TOLD_UP_TO = 50_000
"""Trials of which the goals speak; what more of them take is printed alone."""
_LEFT = 3
"""Seeds at the end whose trials are not recorded."""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", default="5000,30000")
    parser.add_argument("--plan-only", action="store_true")
    asked = parser.parse_args()
    sizes = [int(text) for text in asked.trials.split(",")]
    _tell("plan", [_plan(trials) for trials in sizes])
    if not asked.plan_only:
        _tell("resume", [_resume(trials) for trials in sizes])


def _study(seeds: int) -> Study:
    scenarios = tuple(load_all([SCENARIO]))
    return Study(scenarios=scenarios, models=MODELS, windows=WINDOWS, seeds=seeds)


def _seeds(trials: int) -> int:
    """Seeds that make about so many trials."""
    of_some = make_plan(_study(_LEFT), Workshop(), known_limit).n_trials
    return max(_LEFT + 2, round(_LEFT * trials / of_some))


def _plan(trials: int) -> tuple[int, Used]:
    """Trials that `harness plan` was asked for, and what it took."""
    seeds = _seeds(trials)
    line = ["plan", str(SCENARIO), "-m", ",".join(MODELS), "-w", ",".join(WINDOWS)]
    line += ["--seeds", str(seeds)]
    return trials, measured([sys.executable, "-m", "harness", *line], ROOT)


def _resume(trials: int) -> tuple[int, Used]:
    """Trials of a run that goes on, and what it took."""
    seeds = _seeds(trials)
    with tempfile.TemporaryDirectory() as name:
        folder = run(_study(2), out=Path(name)).folder
        templates = [json.loads(line) for line in (folder / RECORDS).open("rb")]
        config = json.loads((folder / CONFIG).read_text())
        (folder / CONFIG).write_text(json.dumps(config | {"seeds": seeds, "ended": None}))
        with (folder / RECORDS).open("ab") as file:
            for record in _made_up(seeds, templates):
                file.write(dump_line(record))
        line = ["run", "--resume", folder.name, "--out", name, "-q", "--no-cache"]
        used = measured([sys.executable, "-m", "harness", *line], ROOT)
        with (folder / RECORDS).open("rb") as file:
            written = sum(1 for _ in file)
    return written, used


def _made_up(seeds: int, templates: list[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Records of all trials but those of the first and the last seeds."""
    names = ("model", "window_limit", "arm", "probe")
    like = {tuple(one[name] for name in names): one for one in templates}
    by_arm = {(one["model"], one["window_limit"], one["arm"]): one for one in templates}
    plan = make_plan(_study(seeds), Workshop(), known_limit)
    for _, materials, group in plan.groups.seed_by_seed():
        if not 2 <= group.seed < seeds - _LEFT:
            continue
        for trial in group.trials:
            probe = f"{trial.question_id}@{trial.blueprint.stream}:{trial.cut}"
            cell = (trial.model, trial.window.limit, trial.arm)
            model = like.get((*cell, probe), by_arm[cell])
            own = {"key": trial.key, "seed": trial.seed, "session": materials.session_id}
            yield {**model, **own}


def _tell(what: str, found: list[tuple[int, Used]]) -> None:
    """Print what was measured: a trial more, and the peak of the largest."""
    for trials, used in found:
        print(f"{what:<7}{trials:>11,} trials: {used.peak_mb:6,.0f} MB, {used.cpu_s:8.1f} s of CPU")
    (few, less), (many, more) = found[0], found[-1]
    each = 1e3 * (more.cpu_s - less.cpu_s) / (many - few) if few < many else more.cpu_s / many * 1e3
    if many <= TOLD_UP_TO:
        told(f"{what}-cpu", each)
        told(f"{what}-memory", more.peak_mb)


if __name__ == "__main__":
    main()
