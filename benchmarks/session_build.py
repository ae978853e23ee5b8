"""CPU of building sessions: 200k and 1M tokens, and how cost grows with length.

Goals: under 50 ms for 200k and under 300 ms for 1M the first time, when no filler is tokenized yet;
linear growth. `harness --help` under 0.25 s of CPU.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from goals import told

from harness.core.scenario import Fills
from harness.core.window import Window
from harness.scenarios import load
from harness.sessions.build import build
from harness.sessions.layouts import blueprints
from harness.sessions.materials import Materials, Workshop

ROOT = Path(__file__).parents[1]
LENGTHS = (50_000, 100_000, 200_000, 400_000, 1_000_000)


def main() -> None:
    """Print what was measured beside the goals."""
    scenario = load(ROOT / "scenarios" / "brand-voice.yaml")
    print(f"{'tokens':>10} {'first time, ms':>15} {'tokenized, ms':>14} {'µs a 1k tokens':>15}")
    firsts: dict[int, float] = {}
    for length in LENGTHS:
        materials = Materials(scenario, 0, Workshop())  # with a tokenizer that has seen nothing
        (trunk,) = blueprints(materials, Window(length, 128), Fills(exact=(0.25, 0.5, 1.0)))
        firsts[length] = _cpu(lambda: build(trunk, materials))  # noqa: B023 -- called at once
        again = min(_cpu(lambda: build(trunk, materials)) for _ in range(5))  # noqa: B023
        each = again / length * 1e6
        print(f"{length:>10,} {firsts[length]:>15.1f} {again:>14.1f} {each:>15.0f}")
    told("build-200k", firsts[200_000])
    told("build-1m", firsts[1_000_000])
    told("help", _help_cpu())


def _cpu(work) -> float:  # noqa: ANN001 -- any callable
    """Milliseconds of CPU that the work takes."""
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1e3


def _help_cpu() -> float:
    before = os.times()
    for _ in range(3):
        subprocess.run([sys.executable, "-m", "harness", "--help"], check=True, capture_output=True)
    after = os.times()
    used = after.children_user + after.children_system
    return (used - before.children_user - before.children_system) / 3


if __name__ == "__main__":
    main()
