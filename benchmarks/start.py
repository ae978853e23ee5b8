"""CPU from the command to the first trial: a reference model, a cassette, and a test of pytest.

    python benchmarks/start.py [--rounds 3]

A run is watched from outside until its first record is in the file; what it has used by then
counts. A test is the sample project of the tests, answered by its cassette, less pytest with one
empty test. Each is the median of its rounds. It reads /proc, so it takes Linux. Beside it stand the
whole of an inspect_ai run of one sample with its mock model, and what `import litellm` takes.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from goals import told
from loopback import ROOT
from samples import environment, inspect_folder, inspected, measured

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TextIO

RUN = ("run", str(ROOT / "scenarios" / "needle.yaml"), "-m", "reference/perfect", "-w", "2k",
       "--seeds", "2", "--fills", "0.5", "--no-controls", "-q")  # fmt: skip
TICK = os.sysconf("SC_CLK_TCK")
LOOK_S = 0.002


def main() -> None:
    """Print what each start takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        cassette = ("--cassette", str(scratch / "needle.jsonl"))
        first_trial([*RUN, *cassette, "--record"], scratch)  # writes the bytecode, too
        reference = median(rounds, lambda: first_trial(RUN, scratch))
        replayed = median(rounds, lambda: first_trial([*RUN, *cassette, "--replay"], scratch))
        tested = median(rounds, lambda: tests(scratch))
        inspect = environment(inspect_folder())
        mocked = inspect and median(rounds, lambda: mock_sample(inspect, scratch))
    importing = [sys.executable, "-c", "import litellm"]
    imported = median(rounds, lambda: measured(importing).cpu_s)
    for label, seconds in (
        ("a reference model", reference), ("a cassette", replayed), ("a test", tested),
        ("inspect_ai, a sample", mocked), ("import litellm", imported),
    ):  # fmt: skip
        print(f"{label:<22}" + ("not installed" if seconds is None else f"{seconds:>6.2f} CPU s"))
    told("start-reference", reference, mocked)
    told("start-cassette", replayed, imported)
    told("start-test", tested, imported)


def median(rounds: int, once: Callable[[], float]) -> float:
    """The middle one of several."""
    return statistics.median(once() for _ in range(rounds))


def first_trial(words: Sequence[str], scratch: Path) -> float:
    """CPU seconds of a run by the time its first record is in the file.

    Raises:
        RuntimeError: It ended without any.
    """
    out = scratch / f"out-{time.monotonic_ns()}"
    command = [sys.executable, "-m", "harness", *words, "--out", str(out)]
    said = (scratch / "said.txt").open("w+", encoding="utf-8")
    with said, subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=said) as run:  # noqa: S603 -- ours
        while not any(file.stat().st_size for file in out.glob("*/records.jsonl")):
            if run.poll() is not None:
                raise RuntimeError(f"no record was written: {last_line(said)}")
            time.sleep(LOOK_S)  # noqa: TID251 -- what is watched is another process
        used = spent(run.pid)
        if run.wait():
            raise RuntimeError(f"exit code {run.returncode}: {last_line(said)}")
    return used


def mock_sample(inspect: Path, scratch: Path) -> float:
    """CPU seconds of an inspect_ai run of one sample, which its mock model answers."""
    data = scratch / "sample.jsonl"
    data.write_text('{"input": "Which day?", "target": "Tuesday"}\n')
    return inspected(inspect, data, scratch, "--model", "mockllm/model").cpu_s


def last_line(said: TextIO) -> str:
    """The last line of what a program said."""
    said.seek(0)
    return said.read().strip().rpartition("\n")[2]


def spent(pid: int) -> float:
    """CPU seconds of a running process, its threads included."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def tests(scratch: Path) -> float:
    """CPU seconds that a scenario of the sample project adds to pytest."""
    project, empty = scratch / "project", scratch / "empty"
    if not project.exists():
        shutil.copytree(ROOT / "tests" / "sample", project)
        empty.mkdir()
        (empty / "test_empty.py").write_text("def test_nothing(): pass\n")
        (empty / "pytest.ini").write_text("[pytest]\n")
    pytest = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    path = {"PYTHONPATH": str(ROOT)}
    with_it = measured([*pytest, "-k", "desk"], project, **path).cpu_s
    return with_it - measured([*pytest, "-p", "no:harness"], empty, **path).cpu_s


if __name__ == "__main__":
    main()
