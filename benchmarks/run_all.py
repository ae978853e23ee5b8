"""Runs the benchmarks one after the other and writes docs/benchmarks.md: `make bench`.

    python benchmarks/run_all.py [--only FILE ...] [--minutes 20] [--each 8] [--page FILE]

Each is a process of its own, and nothing runs beside it. One that fails, takes too long or says
nothing is a line that says so. What came of each is kept in build/benchmarks.json: with --only the
others stand on the page as they came out when they were last run, or as left out.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from goals import GOALS, MARK, as_ratio
from loopback import ROOT
from samples import environment, inspect_folder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PAGE = ROOT / "docs" / "benchmarks.md"
KEPT = ROOT / "build" / "benchmarks.json"
MOST_MINUTES, EACH_MINUTES = 20.0, 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """One process of the set."""

    command: str
    """A file of this folder and its options."""
    goals: tuple[str, ...]
    """Keys of what it tells."""

    @property
    def file(self) -> str:
        """Its name without options."""
        return self.command.split()[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one process."""

    lines: Mapping[str, Mapping[str, Any]]
    """What it told, by key of goal."""
    failure: str = ""
    """Why not all of it is there."""
    took_s: float = 0.0
    date: str = ""
    load: float = 0.0
    """Programs that waited for the machine's cores before it began, the mean of a minute."""


SET = (
    Benchmark(
        command="start.py",
        goals=("start-reference", "start-cassette", "start-test"),
    ),
    Benchmark(command="plugin_import.py", goals=("start-plugin",)),
    Benchmark(command="session_build.py", goals=("help", "build-200k", "build-1m")),
    Benchmark(command="call_cpu.py", goals=("call-raw", "call-litellm")),
    Benchmark(
        command="samples.py",
        goals=("sample-8k-shared", "sample-128k-shared", "sample-memory"),
    ),
    Benchmark(
        command="samples.py --fresh",
        goals=("sample-8k-fresh", "sample-128k-fresh"),
    ),
    Benchmark(command="memory.py --trials 20000", goals=("run-memory",)),
    Benchmark(
        command="ten_million.py",
        goals=("plan-cpu", "plan-memory", "resume-cpu", "resume-memory"),
    ),
    Benchmark(command="report_speed.py", goals=("report", "report-memory")),
    Benchmark(command="report_speed.py --parts", goals=("report-parts", "report-parts-memory")),
    Benchmark(command="html_speed.py", goals=("page", "page-memory", "page-size")),
    Benchmark(
        command="dollars.py --write",
        goals=tuple(key for key in GOALS if key.startswith("dollars-")),
    ),
)

BY_HAND = (
    (
        "ten_million.py --trials 10000000",
        "ten million trials are planned in 300 MB, and a run of them goes on in 4 GB",
        "hours, and 15 GB of disk",
    ),
    (
        "report_speed.py --records 10000000 --parts",
        "the report over ten million records takes under 60 s and 4 GB",
        "minutes",
    ),
    ("calibrate.py", "intervals hold known onsets, through the whole instrument", "minutes"),
    (
        "onset_laws.py --runs 150",
        "intervals hold the onsets of eleven laws in 93 to 99 of 100 studies",
        "an hour",
    ),
    ("onset_tokens.py", "the same for onsets in tokens, in windows of 32k to 1M", "an hour"),
    (
        "adaptive.py --studies 20",
        "adaptive runs take a third of a grid's tokens, and their intervals hold the truth",
        "hours",
    ),
    ("gate.py", "how often the gate is wrong, on nights with and without a change", "minutes"),
    ("advise.py", "what following the advice where to compact costs in recall", "minutes"),
    (
        "zoo.py",
        "a server that drops text is accused and no other, whatever way it counts",
        "minutes",
    ),
    (
        "faults.py",
        "exactly one record a trial from a server that fails a quarter of its calls",
        "minutes",
    ),
    ("import_huge.py", "exports of 500 MB are imported in 100 MB of memory", "minutes"),
    ("published_grids.py", "grids that others published, read again", "a minute, and the files"),
    ("real/study.py", "two real models on this machine", "hours, and a C++ compiler"),
)
"""Command, what it claims or tells, and what it takes."""

LEFT_OUT: dict[str, Any] = {"lines": {}, "failure": "left out"}

BESIDE = ("inspect_ai",)
"""Packages whose version is that of the rival's own environment."""
VERSIONS = ("session-harness", "litellm", "polars", "numpy", "scipy", "aiohttp", "tiktoken", "ray")
HEADS = ("what", "measured", "beside", "ratio", "goal", "met")

TEXT = """\
# Benchmarks

What the instrument itself costs: each figure beside what it is held against, measured in the same
run, and beside its goal, met or not. Written by `make bench`, measured on {date} in {minutes} min,
one process after the other. Before they began the load of the machine was at most {load}, which has
{cores} cores: the more it is, the less seconds say. Ratios say more:

{machine}

{table}

A sample is a question to a session: built, sent over HTTP to a server on the same machine, scored
and written down. inspect_ai is sent the very same prompts, ready made. Start-up is counted on both
sides. Where a goal is a number of milliseconds or seconds, what stands beside it tells how fast the
machine is. Dollars are [by the price lists of three models](costs.md), for an interval of the onset
as wide as that of the adaptive run; of sessions that only grow a cache at half price cannot save
more than half. Any of the set alone:

{commands}

## By hand

These take too long for `make bench`, or need what is not on every machine. What came of them stands
in [onset](onset.md), [calibration](calibration.md), [in CI](ci.md), [compaction](compaction.md),
[replaying at scale](replay.md), [importing](importing.md) and [real models](real-models.md).

{by_hand}
"""


def main() -> None:
    """Run the set, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", metavar="FILE", help="these of the set alone")
    parser.add_argument("--minutes", type=float, default=MOST_MINUTES, help="for all of them")
    parser.add_argument("--each", type=float, default=EACH_MINUTES, help="minutes for one of them")
    parser.add_argument("--page", type=Path, default=PAGE, help="where the page is written")
    asked = parser.parse_args()
    environment(inspect_folder())  # made once, and not in the time of the first that needs it
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    start = time.monotonic()
    for benchmark in SET:
        if asked.only is not None and benchmark.file not in asked.only:
            continue
        print(f"== {benchmark.command}", flush=True)
        left_s = min(asked.each * 60, asked.minutes * 60 - (time.monotonic() - start))
        found = outcome(benchmark, left_s)
        print(found.failure)
        kept[benchmark.command] = asdict(found)
        KEPT.parent.mkdir(exist_ok=True)
        KEPT.write_text(json.dumps(kept))
    outcomes = [Outcome(**kept.get(one.command, LEFT_OUT)) for one in SET]
    asked.page.write_text(page(outcomes), encoding="utf-8")
    missed = sum(line[-1] not in {"yes", ""} for line in rows(outcomes))
    print(
        f"{(time.monotonic() - start) / 60:.0f} minutes; {missed} of {len(GOALS)} goals are not met"
    )


def outcome(benchmark: Benchmark, most_s: float, folder: Path = ROOT / "benchmarks") -> Outcome:
    """What one benchmark told; its own words go on to the terminal."""
    if most_s <= 0:
        return Outcome(lines={}, failure="not begun in time")
    file, *options = benchmark.command.split()
    load, start = os.getloadavg()[0], time.monotonic()
    child = subprocess.Popen(  # noqa: S603 -- ours
        [sys.executable, str(folder / file), *options],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # its own children are stopped with it
    )
    try:
        said, _ = child.communicate(timeout=most_s)
        failure = f"exit code {child.returncode}: {last_of(said)}" if child.returncode else ""
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, 9)
        said, _ = child.communicate()
        failure = f"stopped after {most_s:.0f} s"
    print(said, flush=True)
    told = [json.loads(line[len(MARK) :]) for line in said.splitlines() if line.startswith(MARK)]
    lines = {line["key"]: line for line in told}
    absent = [key for key in benchmark.goals if key not in lines]
    if absent and not failure:
        failure = f"said nothing of {', '.join(absent)}"
    return Outcome(
        lines=lines,
        failure=failure,
        took_s=time.monotonic() - start,
        date=f"{datetime.now(tz=UTC):%Y-%m-%d}",
        load=load,
    )


def last_of(said: str) -> str:
    """The last line of what a program said, without this machine's paths."""
    lines = [line for line in said.splitlines() if line.strip() and not line.startswith(MARK)]
    return (lines[-1] if lines else "nothing was said").replace(f"{ROOT}/", "")[:200]


def rows(found: Sequence[Outcome]) -> list[tuple[str, ...]]:
    """A row of the table for each goal, in the order of the set."""
    return [
        row(key, each.lines.get(key), each.failure)
        for benchmark, each in zip(SET, found, strict=True)
        for key in benchmark.goals
    ]


def row(key: str, line: Mapping[str, Any] | None, failure: str) -> tuple[str, ...]:
    """One goal: what, measured, beside what, ratio, goal, met."""
    goal = GOALS[key]
    if line is None:
        why = " ".join(failure.replace("|", "/").split())
        return goal.what, f"no: {why}", goal.rival, "", goal.stated(), "not measured"
    beside, ratio = "", ""
    if line["rival_measured"] is not None:
        beside = f"{goal.rival}: {goal.amount(line['rival_measured'])}"
        ratio = as_ratio(line["ratio"])
    met = {True: "yes", False: "**no**", None: ""}[line["met"]]
    return goal.what, goal.amount(line["measured"]), beside, ratio, goal.stated(), met


def page(found: Sequence[Outcome]) -> str:
    """The whole page."""
    dates = sorted({one.date for one in found if one.date})
    by_hand = [(f"`python benchmarks/{file}`", claim, takes) for file, claim, takes in BY_HAND]
    return TEXT.format(
        date=" to ".join(dict.fromkeys((dates or ["no day"])[:: max(len(dates) - 1, 1)])),
        minutes=f"{sum(one.took_s for one in found) / 60:.0f}",
        load=f"{max(one.load for one in found):.1f}",
        cores=os.cpu_count(),
        machine=machine(),
        table=as_table(HEADS, rows(found)),
        commands="\n".join(f"- `python benchmarks/{one.command}`" for one in SET),
        by_hand=as_table(("command", "what it claims or tells", "takes"), by_hand),
    )


def as_table(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, ["---"] * len(heads), *lines))


def machine() -> str:
    """What it was measured on, and with which versions; no names of hosts and no paths."""
    system = (
        platform.freedesktop_os_release() if hasattr(platform, "freedesktop_os_release") else {}
    )
    ram = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    hardware = f"{cpu_name()}, {os.cpu_count()} cores, {ram:.0f} GB of RAM"
    release = f"{system.get('PRETTY_NAME', platform.system())}, {platform.system()}"
    python = f"Python {platform.python_version()}"
    packages = [f"{name} {installed(name)}" for name in VERSIONS]
    beside = [f"{name} {rival_version(name)}" for name in BESIDE]
    return f"{hardware}; {release}; {', '.join([python, *packages, *beside])}."


def cpu_name() -> str:
    """What the processor calls itself."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def installed(name: str) -> str:
    """The version of a package here."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "(not installed)"


def rival_version(name: str) -> str:
    """The version of a package in the environment of inspect_ai."""
    found = sorted(inspect_folder().glob(f"lib/python*/site-packages/{name}-*.dist-info"))
    return found[-1].name.removeprefix(f"{name}-").removesuffix(".dist-info") if found else "(none)"


if __name__ == "__main__":
    main()
