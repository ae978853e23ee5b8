"""Peak memory of a run by the number of its trials: it should hardly grow.

    python benchmarks/memory.py [--trials 2000,20000]

Prompts of 32,000 tokens over real HTTP, fifty questions a session. Peak is what the whole process
had resident, start-up, plan and records included.

Goal: 20,000 trials under 600 MB.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from goals import told
from loopback import ROOT, serving
from samples import SCENARIO, measured

A_SESSION = 50
"""Ten facts at five checkpoints."""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", default="2000,20000")
    print(f"{'trials':>8}{'peak MB':>10}{'CPU ms a trial':>16}{'a second':>10}")
    sizes = [int(text) for text in parser.parse_args().trials.split(",")]
    for trials in sizes:
        with tempfile.TemporaryDirectory() as name, serving() as at:
            used = measured(
                [
                    sys.executable, "-m", "harness", "run", str(SCENARIO), "-m", "openai/x",
                    "-w", "32k", "--fills", "0.9,0.92,0.94,0.96,0.98", "--no-controls",
                    "--seeds", str(trials // A_SESSION), "--no-cache", "-q",
                    "-M", f"api_base={at}", "-M", "api_key=x", "--out", name,
                ],
                ROOT,
            )  # fmt: skip
            (records,) = Path(name).glob("*/records.jsonl")
            written = records.read_bytes().count(b"\n")
        cpu_ms = used.cpu_s / written * 1e3
        print(f"{written:>8,}{used.peak_mb:>10.0f}{cpu_ms:>16.1f}{written / used.wall_s:>10.1f}")
    if trials >= 20_000:
        told("run-memory", used.peak_mb)


if __name__ == "__main__":
    main()
