"""How long the page of a hundred thousand records takes, how much memory, and how large it is.

    python benchmarks/html_speed.py [--records 100000]

Records are synthetic: four models, two windows, a known law, two hundred probes a session. Each
session has its messages in `messages.jsonl`, so the page finds and cuts passages as it does for a
real run.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import resource
import tempfile
import time
from pathlib import Path

from goals import told
from report_speed import records

from harness.core.record import to_json

MESSAGES = 44


def main() -> None:
    """Write the run, then its page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "20260102T030405Z_bench_0001"
        folder.mkdir()
        write(folder, asked.records)
        page(folder, Path(scratch) / "report.html")


def write(folder: Path, count: int) -> None:
    """A run folder of so many records."""
    trunks: set[str] = set()
    with (
        (folder / "records.jsonl").open("w", encoding="utf-8") as file,
        (folder / "messages.jsonl").open("w", encoding="utf-8") as messages,
    ):
        for i, record in enumerate(records(count)):
            whole = dataclasses.replace(
                record, plant_messages=(2 * (i % 20),), cut_messages=MESSAGES
            )
            line = json.dumps(to_json(whole), separators=(",", ":"))
            file.write(line + "\n")
            if record.trunk not in trunks:
                trunks.add(record.trunk)
                messages.writelines(conversation(record.trunk))
    size = sum(path.stat().st_size for path in folder.iterdir())
    print(f"{count:,} records of {len(trunks):,} sessions, {size / 1e6:,.0f} MB")


def conversation(trunk: str) -> list[str]:
    """The lines of one conversation: four hundred characters a message."""
    names = [f"{trunk[-16:]}{i:016x}" for i in range(MESSAGES)]
    lines: list[dict[str, object]] = [
        {
            "hash": name,
            "role": "assistant" if i % 2 else "user",
            "content": f"{name} " + "The brand voice has to be matter-of-fact, as was said. " * 7,
        }
        for i, name in enumerate(names)
    ]
    lines.append({"trunk": trunk, "messages": names})
    return [json.dumps(line, separators=(",", ":")) + "\n" for line in lines]


def page(folder: Path, output: Path) -> None:
    """Time a whole `harness report RUN -o report.html`."""
    start, cpu = time.perf_counter(), time.process_time()
    from harness.analysis.records import read_records
    from harness.analysis.summary.build import summarise
    from harness.reports import render

    frame = read_records(folder)
    summary = summarise(frame, apart=True)
    known = time.perf_counter() - start
    render(summary, frame, output, folders=[folder])
    elapsed, used = time.perf_counter() - start, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    size = output.stat().st_size
    print(
        f"measured: {elapsed:.2f} s ({used:.2f} CPU s; {known:.2f} s for the summary of"
        f" {len(summary.groups)} groups), peak {peak:,.0f} MB, page {size / 1e6:.2f} MB"
    )
    told("page", elapsed)
    told("page-memory", peak)
    told("page-size", size / 1e6)


if __name__ == "__main__":
    main()
