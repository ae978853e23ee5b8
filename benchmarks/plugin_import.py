"""What the pytest plugin costs a large test suite that has no scenarios.

Goal: less than 50 ms of CPU. A suite of 2,000 tests is collected in a process of its own, with a
clock round the import of the plugin and round each of its hooks: two whole processes, one of them
without it, differ by more than it takes. The median of several is told, beside all the rest.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from goals import told

ROOT = Path(__file__).parents[1]
FILES, TESTS = 40, 50
ROUNDS = 9

CLOCKED = """\
import inspect, json, sys, time, types
import pytest

spent = []

def clocked(hook):
    "The hook with a clock round it, of the same arguments."
    names = ", ".join(inspect.signature(hook).parameters)
    lines = [
        f"def {hook.__name__}({names}):",
        "    start = clock()",
        f"    try: return hook({names})",
        "    finally: spent.append(clock() - start)",
    ]
    made = {"hook": hook, "clock": time.process_time, "spent": spent}
    exec("\\n".join(lines), made)
    made[hook.__name__].__dict__.update(hook.__dict__)
    return made[hook.__name__]

start = time.process_time()
import harness.pytest_plugin as plugin
spent.append(time.process_time() - start)
guest = types.ModuleType("clocked_plugin")
for name, value in vars(plugin).items():
    if name.startswith("pytest_") and not inspect.isgeneratorfunction(value):
        value = clocked(value)
    setattr(guest, name, value)
code = pytest.main(["--collect-only", "-q", "-p", "no:harness"], plugins=[guest])
assert code == 0, code
print(json.dumps([sum(spent), time.process_time()]))
"""


def main() -> None:
    """Print what was measured beside the goal."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(FILES):
            tests = "\n".join(f"def test_{i}(): pass" for i in range(TESTS))
            (folder / f"test_{number}.py").write_text(tests)
        (folder / "data.yaml").write_text("a: b\n")
        collected(folder)  # writes the bytecode
        rounds = [collected(folder) for _ in range(ROUNDS)]
    added, whole = (statistics.median(column) for column in zip(*rounds, strict=True))
    print(f"collecting {FILES * TESTS:,} tests, ms of CPU, median of {ROUNDS}:")
    print(f"  pytest alone       {whole - added:8.0f}")
    print(f"  the plugin adds    {added:8.1f}")
    told("start-plugin", added, whole - added)


def collected(folder: Path) -> tuple[float, float]:
    """CPU of the plugin and of all in one collection, in milliseconds."""
    done = subprocess.run(  # noqa: S603 -- our own interpreter
        [sys.executable, "-c", CLOCKED],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # warnings of other plugins, ten times
        check=True,
        text=True,
    )
    ours, whole = json.loads(done.stdout.splitlines()[-1])
    return 1e3 * ours, 1e3 * whole


if __name__ == "__main__":
    main()
