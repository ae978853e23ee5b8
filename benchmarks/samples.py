"""Whole programs: trials a second, CPU a sample and memory, beside inspect_ai on the same prompts.

    python benchmarks/samples.py [--fresh] [--lean] [--env FOLDER]

The harness replays its sessions against a loopback server; then inspect_ai, in an environment of
its own, sends exactly the messages that were sent, to the same server. Start-up is counted on both
sides, and on ours the building of the sessions too, which inspect_ai is given ready. By default ten
questions share a session, as they do in a study; with --fresh each has a session of its own. With
--lean inspect_ai runs once more, with all that it can leave out left out.

Goals: of inspect_ai's CPU a sample a fifth at 8k and a tenth at 128k, with fresh sessions a third
and a fifth; under 250 MB.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from compileall import compile_dir
from dataclasses import dataclass
from pathlib import Path

from goals import told
from loopback import ROOT, serving

SCENARIO = ROOT / "benchmarks" / "scenarios" / "ten-facts.yaml"
CELLS = (("8k", 500), ("128k", 50))
FACTS = 10
CONNECTIONS = 16

TASK = """\
from inspect_ai import Task, task
from inspect_ai.dataset import json_dataset
from inspect_ai.scorer import includes
from inspect_ai.solver import generate

@task
def sessions():
    return Task(dataset=json_dataset({path!r}), solver=generate(), scorer=includes())
"""
LEAN = ("--no-log-samples", "--no-log-realtime", "--no-score-display", "--no-log-model-api")


@dataclass(frozen=True, slots=True)
class Used:
    """What a program used up."""

    cpu_s: float
    wall_s: float
    peak_mb: float

    def row(self, name: str, samples: int) -> str:
        """A line of the table."""
        cpu_ms, rate = self.cpu_s / samples * 1e3, samples / self.wall_s
        return f"{name:<26}{samples:>8}{cpu_ms:>10.1f}{rate:>10.1f}{self.peak_mb:>9.0f}"


def measured(command: list[str], cwd: Path = ROOT, **environment: str) -> Used:
    """Run a program, and see what it used up.

    Raises:
        RuntimeError: It failed.
    """
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        child = subprocess.Popen(  # noqa: S603 -- ours
            command, cwd=cwd, stdout=said, stderr=said, env=os.environ | environment
        )
        _, status, usage = os.wait4(child.pid, 0)
        wall_s = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            said.seek(0)
            raise RuntimeError(said.read().decode()[-2000:])
    return Used(usage.ru_utime + usage.ru_stime, wall_s, usage.ru_maxrss / 1e3)


def replayed(at: str, window: str, samples: int, out: Path, *, fresh: bool) -> Used:
    """The harness, as a user would run it."""
    layout = ("--positions", "0.5") if fresh else ()
    seeds = samples if fresh else samples // FACTS
    scenario = SCENARIO
    if fresh:
        scenario = out.parent / "one-fact.yaml"
        scenario.write_text(SCENARIO.read_text().split("  - id: garage")[0] + "layout: grid\n")
    return measured(
        [
            sys.executable, "-m", "harness", "run", str(scenario), "-m", "openai/x", "-w", window,
            "--fills", "0.98", *layout, "--seeds", str(seeds), "--no-controls", "--no-cache", "-q",
            "-M", f"api_base={at}", "-M", "api_key=x", "-M", "max_tokens=16",
            "--max-connections", str(CONNECTIONS), "--out", str(out),
        ]
    )  # fmt: skip


def exported(out: Path, path: Path) -> int:
    """Write exactly what was sent as inspect_ai reads it; how many samples."""
    (run,) = (file.parent for file in out.glob("*/run.json"))
    texts: dict[str, dict[str, str]] = {}
    trunks: dict[str, list[str]] = {}
    for line in map(json.loads, (run / "messages.jsonl").open(encoding="utf-8")):
        if "trunk" in line:
            trunks[line["trunk"]] = line["messages"]
        else:
            texts[line["hash"]] = {"role": line["role"], "content": line["content"]}
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for record in map(json.loads, (run / "records.jsonl").open(encoding="utf-8")):
            names = [n for a, b in record["view"] for n in trunks[record["trunk"]][a:b]]
            sent = [texts[name] for name in names]
            sent.append({"role": "user", "content": record["question"]})
            file.write(json.dumps({"input": sent, "target": record["expected"][0]}) + "\n")
            count += 1
    return count


def inspected(inspect: Path, data: Path, scratch: Path, *flags: str) -> Used:
    """inspect_ai on the prompts of a file."""
    task = scratch / "task.py"
    task.write_text(TASK.format(path=str(data)))
    return measured(
        [
            str(inspect), "eval", task.name, "--max-connections", str(CONNECTIONS),
            "--max-tokens", "16", "--temperature", "0", "--display", "none",
            "--log-dir", str(scratch / "logs"), *flags,
        ],
        scratch,
        OPENAI_API_KEY="x",
    )  # fmt: skip


def inspect_folder() -> Path:
    """Where the environment of inspect_ai is, or will be made."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return cache / "session-harness" / "inspect_ai"


def environment(folder: Path) -> Path | None:
    """The `inspect` command in an environment of its own, made if there is none."""
    command = folder / "bin" / "inspect"
    if not command.exists():
        venv.create(folder, with_pip=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-q"]
        done = subprocess.run([*pip, "inspect_ai", "openai"], check=False, capture_output=True)  # noqa: S603 -- ours
        if done.returncode:
            return None
    return command


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fresh", action="store_true", help="a session for each sample")
    parser.add_argument("--lean", action="store_true", help="inspect_ai once more, at its leanest")
    parser.add_argument("--env", type=Path, default=inspect_folder())
    asked = parser.parse_args()
    inspect = environment(asked.env)
    compile_dir(ROOT / "harness", quiet=1)  # as pip does when it installs, inspect_ai's too
    print(f"{'program':<26}{'samples':>8}{'CPU ms a':>10}{'a second':>10}{'peak MB':>9}")
    for window, samples in CELLS:
        with tempfile.TemporaryDirectory() as name, serving() as at:
            cell(inspect, at, window, samples, Path(name), fresh=asked.fresh, lean=asked.lean)
    if inspect is None:
        print("inspect_ai cannot be installed here: nothing to compare with")


def cell(
    inspect: Path | None,
    at: str,
    window: str,
    samples: int,
    scratch: Path,
    *,
    fresh: bool,
    lean: bool,
) -> None:
    """One length, by each program."""
    ours = replayed(at, window, samples, scratch / "results", fresh=fresh)
    data = scratch / "samples.jsonl"
    sent = exported(scratch / "results", data)
    print(ours.row(f"harness, {window}", sent))
    if window == "128k" and not fresh:
        told("sample-memory", ours.peak_mb)
    if inspect is None:
        return
    same = ("--model", "openai/x", "--model-base-url", at)
    theirs = inspected(inspect, data, scratch, *same)
    print(theirs.row(f"inspect_ai, {window}", sent))
    if lean:
        used = inspected(inspect, data, scratch, *same, *LEAN)
        print(used.row("  with its leanest flags", sent))
    key = f"sample-{window}-{'fresh' if fresh else 'shared'}"
    told(key, ours.cpu_s / sent * 1e3, theirs.cpu_s / sent * 1e3)


if __name__ == "__main__":
    main()
