"""5,000 trials against a server that fails a quarter of its calls, beside one that fails none.

    python benchmarks/faults.py [--trials 5000] [--rpm 12000]

Of the calls 10 % get a 429 with Retry-After, 5 % a 500, 5 % are hung up on, 2 % stall past the
timeout, 2 % get half an answer and 1 % an empty one. Claims: exactly one record a trial, none of
them scored from a failure, the same answers as without faults, and the calls never ahead of their
rate by more than the first second's worth.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from loopback import ROOT

sys.path.insert(0, str(ROOT))  # the server is the tests' own

from tests.support.fault_server import ALL, FaultServer, over_the_rate

SCENARIO = ROOT / "benchmarks" / "scenarios" / "ten-facts.yaml"
A_SESSION = 100
TIMEOUT_S = 0.5
CELL = ("session", "probe", "repeat")
ANSWER = ("reply", "score", "outcome", "status", "prompt_tokens", "finish_reason", "error")


def main() -> None:
    """Run both, and hold them against each other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=5000)
    parser.add_argument("--rpm", type=int, default=12_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        with FaultServer() as server:
            sound = replayed(server, asked.trials, asked.rpm, Path(name) / "sound")
        with FaultServer(faults=ALL, stall_s=2 * TIMEOUT_S) as server:
            found = replayed(server, asked.trials, asked.rpm, Path(name) / "faults")
            given, arrivals = dict(server.given), list(server.arrivals)
    print(f"{len(found):,} trials, {len(arrivals):,} calls: {given}")
    cells = [tuple(record[part] for part in CELL) for record in found]
    ahead = over_the_rate(arrivals, asked.rpm / 60)
    claims = {
        "exactly one record a trial": len(set(cells)) == len(cells) == len(sound),
        "every trial has a result": {record["status"] for record in found} == {"ok"},
        "the same answers as without faults": answers(found) == answers(sound),
        f"at most {ahead:.0f} calls ahead of {asked.rpm / 60:.0f} a second": ahead
        <= asked.rpm / 60 + 5,
    }
    for claim, kept in claims.items():
        print(f"{'kept' if kept else 'BROKEN':<8}{claim}")
    if not all(claims.values()):
        sys.exit(1)


def replayed(server: FaultServer, trials: int, rpm: int, out: Path) -> list[dict[str, object]]:
    """The records of one run."""
    command = [
        sys.executable, "-m", "harness", "run", str(SCENARIO), "-m", "openai/served", "-w", "2k",
        "--fills", "0.9", "--seeds", str(trials // A_SESSION), "--repeats", "10", "--no-controls",
        "--no-cache", "-q", "-M", f"api_base={server.api_base}", "-M", "api_key=x",
        "-M", "max_wait_s=0.1", "-M", "max_attempts=15", "--timeout", str(TIMEOUT_S),
        "--rpm", str(rpm), "--max-connections", "64", "--out", str(out),
    ]  # fmt: skip
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)  # noqa: S603 -- ours
    (records,) = out.glob("*/records.jsonl")
    return [json.loads(line) for line in records.read_text().splitlines()]


def answers(records: list[dict[str, object]]) -> list[list[str]]:
    """What does not depend on when and how often was asked, cell by cell."""
    return sorted([str(record[name]) for name in (*CELL, *ANSWER)] for record in records)


if __name__ == "__main__":
    main()
