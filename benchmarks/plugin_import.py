"""What the pytest plugin costs a large test suite that has no scenarios.

Goal: less than 50 ms of CPU. A suite of 2,000 tests is collected with and without the plugin, each
in a process of its own, in turn, so that a busy machine weighs on both; the medians are compared.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from importlib.metadata import entry_points
from pathlib import Path

from goals import told

ROOT = Path(__file__).parents[1]
FILES, TESTS = 40, 50
ROUNDS = 9


def main() -> None:
    """Print what was measured beside the goal."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(FILES):
            tests = "\n".join(f"def test_{i}(): pass" for i in range(TESTS))
            (folder / f"test_{number}.py").write_text(tests)
        (folder / "data.yaml").write_text("a: b\n")
        for with_it in (True, False):
            _cpu_ms(folder, with_it=with_it)  # writes the bytecode
        rounds = [
            [_cpu_ms(folder, with_it=with_it) for with_it in (True, False)] for _ in range(ROUNDS)
        ]
    with_it, without = (statistics.median(column) for column in zip(*rounds, strict=True))
    added = statistics.median(one - other for one, other in rounds)
    print(f"collecting {FILES * TESTS:,} tests, ms of CPU, median of {ROUNDS}:")
    print(f"  without the plugin {without:8.0f}")
    print(f"  with it            {with_it:8.0f}")
    print(f"  added              {added:8.1f}")
    told("start-plugin", added, without)


def _cpu_ms(folder: Path, *, with_it: bool) -> float:
    """CPU of one collection in a process of its own."""
    installed = any(point.name == "harness" for point in entry_points(group="pytest11"))
    if with_it:
        options = () if installed else ("-p", "harness.pytest_plugin")
    else:
        options = ("-p", "no:harness") if installed else ()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(  # noqa: S603 -- our own interpreter
        [sys.executable, "-m", "pytest", "--collect-only", "-q", *options],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,  # warnings of other plugins, ten times
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return 1000 * spent


if __name__ == "__main__":
    main()
