"""Readers whose forgetting is known, behind servers that count, cache and drop in their own ways.

    python benchmarks/zoo.py [--window 8000] [--seeds 6] [--fills 8] [--only NAME]...

For each behaviour of a server: what is found of `fading?onset=0.6` and of `perfect`, how many
prompts are said to be cut, and how far fills are from what was asked for, at most. Claims: a server
that drops text is accused and no other is; behind the others the interval of the first reader holds
0.6, the second has no onset and a plateau over 0.95, and fills are met within a point.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loopback import ROOT
from pytest_httpserver import HTTPServer

sys.path.insert(0, str(ROOT))  # the servers are the tests' own

from harness.analysis.records import read_records
from harness.analysis.summary.build import summarise
from tests.support import zoo_meters as zoo
from tests.support.command import SCENARIOS, harness, the_run

if TYPE_CHECKING:
    from harness.analysis.summary.model import CurveGroup

ONSET = 0.6
NEARLY_EMPTY = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one run came to."""

    group: CurveGroup
    records: list[dict[str, Any]]
    sent: dict[tuple[int, str], int]
    """True tokens of every prompt, by our tokens of it and its question."""

    @property
    def accused(self) -> int:
        """Prompts of which the server is said to have dropped a part."""
        return sum(record["server_truncated"] is True for record in self.records)

    @property
    def dropped(self) -> str:
        """The parts that it is said to have dropped."""
        return "+".join(sorted({record["dropped"] for record in self.records} - {None}))

    @property
    def off(self) -> float:
        """Points of the window by which a fill misses what was asked for, at most."""
        long = [
            abs(self._true(record) / record["window_limit"] - record["fill_requested"])
            for record in self.records
            if record["arm"] == "main" and record["fill_requested"] > NEARLY_EMPTY
        ]
        return 100 * max(long, default=0.0)

    def _true(self, record: dict[str, Any]) -> int:
        return self.sent[record["view_tokens"], record["question"]]


def main() -> None:
    """Run every behaviour, and hold what was found against what is true."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--window", type=int, default=8000)
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--fills", type=int, default=8)
    parser.add_argument("--only", action="append", choices=sorted(zoo.BEHAVIOURS))
    asked = parser.parse_args()
    broken = 0
    print(
        f"{'behaviour':<24}{'onset 60 %':<22}{'perfect':<18}{'accused':>9} {'part':<14}{'off':>5}"
    )
    for name in asked.only or zoo.BEHAVIOURS:
        meter, begun = zoo.BEHAVIOURS[name], time.monotonic()
        fading, perfect = (
            studied(f"{law}limit={asked.window}", meter, asked)
            for law in (f"fading?onset={ONSET}&", "perfect?")
        )
        wrong = trouble(fading, perfect, drops=meter.drops)
        broken += bool(wrong)
        print(
            f"{name:<24}{onset(fading):<22}{onset(perfect):<18}"
            f"{fading.accused + perfect.accused:>9,} {fading.dropped or '-':<14}"
            f"{max(fading.off, perfect.off):>5.2f}  {time.monotonic() - begun:.0f} s  {wrong}",
            flush=True,
        )
    if broken:
        sys.exit(1)


def studied(law: str, meter: zoo.Meter, asked: argparse.Namespace) -> Found:
    """A run of one reader behind one server."""
    with HTTPServer(threaded=True) as http, tempfile.TemporaryDirectory() as name:
        server = zoo.ZooServer(http, law, meter)
        out = Path(name)
        result = harness(
            "run", SCENARIOS / "brand-voice.yaml", "-m", "openai/zoo", "-w", asked.window,
            "--seeds", asked.seeds, "--fills", asked.fills, "-M", f"api_base={server.api_base}",
            "-M", "api_key=x", "--out", out, "-q",
        )  # fmt: skip
        if result.code:
            sys.exit(result.err)
        folder = the_run(out)
        lines = (folder / "records.jsonl").read_text(encoding="utf-8").splitlines()
        (group,) = summarise(read_records(folder)).groups
        records = [json.loads(line) for line in lines]
        return Found(group=group, records=records, sent=server.sent)


def onset(found: Found) -> str:
    """The onset of a group with its interval, or that it was not reached."""
    known = found.group.onset
    if known.onset is None:
        return known.verdict
    high = "" if known.hi is None else f"{100 * known.hi:.0f}"
    return f"{100 * known.onset:.0f} % ({100 * known.lo:.0f}-{high})"


def trouble(fading: Found, perfect: Found, *, drops: bool) -> str:
    """Which claims do not hold."""
    wrong = []
    if bool(fading.accused + perfect.accused) is not drops:
        wrong.append("ACCUSED" if not drops else "NOT ACCUSED")
    if not drops:
        known = fading.group.onset
        if known.lo is None or not known.lo <= ONSET <= (known.hi or 1.0) or known.onset is None:
            wrong.append("ONSET MISSED")
        flat = perfect.group.onset
        if flat.onset is not None or not flat.plateau or flat.plateau <= 1 - NEARLY_EMPTY:
            wrong.append("FALSE ONSET")
        if max(fading.off, perfect.off) > 1:
            wrong.append("OFF THE FILL")
    return ", ".join(wrong)


if __name__ == "__main__":
    main()
