"""Dollars for one interval: a growing session a seed, against a fresh session for each probe.

    python benchmarks/dollars.py [--seeds 6] [--window 32k] [--fills 12]

Both are asked of one law behind a real server that bills like a provider (a cached beginning of
1,024 tokens or more costs a tenth), with the same number of probes in the main arm. What is
claimed: the growing layout, in the order in which the harness sends forks, costs a fifth or less.
Intervals of two runs are never equally wide, so dollars are also put at one width: an interval
narrows with the square root of the probes, and the bill grows with them.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # run as a program, this file does not see the folder it is in

from benchmarks.billing import serve  # noqa: E402 -- the path comes first
from harness import Fills, Study, estimate_onset, load, read_records, run  # noqa: E402 -- likewise
from harness.models.catalog import price  # noqa: E402 -- likewise

if TYPE_CHECKING:
    from harness.core.scenario import Scenario

MODEL = "openai/gpt-5"
LAW = "fading?onset=0.55&slope=1.5&limit={limit}"
GOAL = 0.2


@dataclass(frozen=True)
class Row:
    """What one way of asking came to."""

    name: str
    probes: int
    calls: int
    tokens: int
    cached: float
    usd: float
    recorded_usd: float
    width: float


def main() -> None:
    """Ask both ways, and print the bills."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--window", default="32k")
    parser.add_argument("--fills", type=int, default=12, help="checkpoints of a growing session")
    asked = parser.parse_args()
    os.environ["HARNESS_NO_CACHE"] = "1"
    limit = int(asked.window.removesuffix("k")) * 1000
    scenario = load(ROOT / "scenarios" / "brand-voice.yaml")
    trunk = replace(scenario, layout="growing")
    growing = ask("growing, in order", trunk, asked.seeds, limit, asked.fills)
    each = max(round(growing.probes / asked.seeds / POSITIONS), 4)
    fresh = ask("fresh session each", replace(scenario, layout="grid"), asked.seeds, limit, each)
    print(
        f"{'':<20} {'probes':>7} {'calls':>6} {'tokens':>11} {'cached':>7} {'dollars':>9}"
        f" {'width':>7}"
    )
    for row in (growing, fresh):
        print(
            f"{row.name:<20} {row.probes:>7,} {row.calls:>6,} {row.tokens:>11,} {row.cached:>7.0%}"
            f" {row.usd:>9.4f} {row.width:>7.3f}"
        )
        if abs(row.usd - row.recorded_usd) > 1e-6 * row.usd:
            sys.exit(f"the records say {row.recorded_usd}, the server says {row.usd}")
    same_probes = growing.usd / growing.probes / (fresh.usd / fresh.probes)
    narrower = growing.probes * growing.width**2 / (fresh.probes * fresh.width**2)
    same_width = same_probes * narrower
    print(f"\nclaimed: a fifth or less    measured: {same_probes:.3f} at the same number of probes")
    print(f"{'':<28}measured: {same_width:.3f} at the same width of the interval")
    print("each record's cost agrees with the server's bill")
    if same_probes > GOAL:
        sys.exit(f"missed: {same_probes:.3f} > {GOAL}")


POSITIONS = 5


def ask(name: str, scenario: Scenario, seeds: int, limit: int, fills: int) -> Row:
    """One study against a server of its own."""
    law = LAW.format(limit=limit)
    with serve(law, price(MODEL)) as server, tempfile.TemporaryDirectory() as out:
        study = Study(
            scenarios=(scenario,),
            models=(MODEL,),
            windows=(str(limit),),
            seeds=seeds,
            fills=Fills(count=fills),
            positions=() if scenario.layout == "growing" else (0.1, 0.3, 0.5, 0.7, 0.9),
            options=(("api_base", server.api_base), ("api_key", "none")),
            controls=False,
        )
        found = run(study, out=Path(out))
        if not found.complete:
            sys.exit(f"{name}: {found}")
        frame = read_records(found.folder).collect()
        onset = estimate_onset(frame)
        bill = server.bill
        if onset.lo is None or onset.hi is None:
            sys.exit(f"{name}: there is no interval to compare: {onset.message}")
        return Row(
            name=name,
            probes=frame.height,
            calls=bill.calls,
            tokens=bill.prompt_tokens,
            cached=bill.cached_tokens / bill.prompt_tokens,
            usd=bill.usd,
            recorded_usd=float(frame["cost_usd"].sum()),
            width=onset.hi - onset.lo,
        )


if __name__ == "__main__":
    main()
