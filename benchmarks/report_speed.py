"""How long a report over a million records takes, and how much memory.

    python benchmarks/report_speed.py [--records 1000000] [--keep FILE] [--formats]
    python benchmarks/report_speed.py --records 10000000 --parts [--keep FOLDER]

The records are synthetic: four models, two windows, a known law. With --parts they stand in parquet
parts, as those of a long run do. Peak memory is told twice: all that was resident (which counts the
pages of the file that the system had in memory anyway), and the process's own. With --formats the
other forms of the report are timed, too.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from goals import told

from harness.core.record import Record, to_json
from harness.runs.folder.record_columns import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMS = ("report.md", "report.json", "curve.csv", "curve.png", "records.parquet")
TOLD = {(1_000_000, False): "report", (1_000_000, True): "report-parts"}
"""What the goals call a report over so many records, in lines or in parts."""


def main() -> None:
    """Write the records, then read and report them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path, help="where to keep the records, or find them")
    parser.add_argument("--parts", action="store_true", help="in parts, as a long run keeps them")
    parser.add_argument("--formats", action="store_true", help="time the other forms as well")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        path = asked.keep or Path(scratch) / ("a-run" if asked.parts else "records.jsonl")
        if not path.exists():
            (write_parts if asked.parts else write)(path, asked.records)
        files = path.rglob("*") if path.is_dir() else [path]
        print(f"{sum(one.stat().st_size for one in files) / 1e6:,.0f} MB of records")
        elapsed, most = report(path, Path(scratch) if asked.formats else None)
        plain = read_whole(path)
    print(f"polars alone, all columns read once: {plain:.2f} s")
    key = TOLD.get((asked.records, asked.parts))
    if key is not None:
        told(key, elapsed, plain)
        told(f"{key}-memory", most)


def report(path: Path, formats: Path | None) -> tuple[float, float]:
    """Seconds of the terminal's report, and its own memory in MB; other forms go to a folder."""
    stop, own = threading.Event(), [0]
    watcher = threading.Thread(target=watch, args=(stop, own))
    watcher.start()
    start, cpu = time.perf_counter(), time.process_time()
    from harness.analysis.records import read_records
    from harness.analysis.summary.build import summarise
    from harness.reports import render
    from harness.reports.terminal import terminal

    frame = read_records(path)
    summary = summarise(frame)
    text = terminal(summary)
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    elapsed, used = time.perf_counter() - start, time.process_time() - cpu
    most = own[0] / 1e3
    stop.set()
    watcher.join()
    if formats is not None:
        for name in FORMS:
            before = time.perf_counter()
            render(summary, frame, formats / name)
            print(f"{name:<16} {time.perf_counter() - before:6.2f} s")
    print("\n".join(text.splitlines()[:12]))
    print(
        f"terminal report: {elapsed:.2f} s ({used:.2f} CPU s), {len(summary.groups)} groups;"
        f" peak resident {resident:,.0f} MB, own {most:,.0f} MB"
    )
    return elapsed, most


def read_whole(path: Path) -> float:
    """Seconds in which polars reads every column of the records, and does nothing with them."""
    import polars as pl

    start = time.perf_counter()
    if path.is_dir():
        pl.scan_parquet(sorted(path.rglob("*.parquet"))).collect()
    else:
        pl.read_ndjson(path)
    return time.perf_counter() - start


def watch(stop: threading.Event, own: list[int]) -> None:
    """Keep the largest anonymous memory of this process, in kilobytes."""
    status = Path("/proc/self/status")
    while status.exists() and not stop.wait(0.02):
        lines = status.read_text().splitlines()
        found = [int(line.split()[1]) for line in lines if line.startswith("RssAnon")]
        own[0] = max(own[0], *found)


def write(path: Path, count: int) -> None:
    """Records of a step law, a line each."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(to_json(record)) + "\n" for record in records(count))


def write_parts(folder: Path, count: int) -> None:
    """The same law in parts: made column by column, since ten million records take an hour."""
    import numpy as np
    import polars as pl

    from harness.runs.folder.layout import PARTS
    from harness.runs.folder.make_parts import PART_RECORDS
    from harness.runs.folder.record_files import part_name
    from harness.runs.folder.record_part import RAW, write_frame

    (folder / PARTS).mkdir(parents=True)
    rng = np.random.default_rng(1)
    like = pl.DataFrame(
        [to_json(record) for record in records(1_000)], schema=SCHEMA, orient="row"
    ).with_columns(pl.lit(None, pl.String).alias(RAW))
    for number, start in enumerate(range(0, count, PART_RECORDS), start=1):
        i = np.arange(start, min(start + PART_RECORDS, count))
        session, window = i // 200, np.where(i // 4 % 2 == 0, 8_192, 32_768)
        low = i // 8 % 4 == 0
        fill = np.where(low, 0.05 * rng.random(len(i)), 0.05 + 0.95 * rng.random(len(i)))
        position = rng.random(len(i))
        right = rng.random(len(i)) < np.where(fill < 0.6, 0.95, 0.6)
        tokens = np.rint(fill * window).astype(np.int64)
        names = pl.Series(session).cast(pl.String)
        key = pl.Series(rng.integers(2**63, size=len(i))).cast(pl.String).str.zfill(32)
        own = {
            "key": key, "session": "brand-voice/" + names, "seed": session, "trunk": names,
            "fill": fill, "fill_requested": fill, "position": position,
            "position_requested": position, "window_limit": window, "session_tokens": tokens,
            "view_tokens": tokens + 12, "prompt_tokens": tokens, "score": right.astype(float),
            "cached_tokens": np.rint(tokens * 0.8).astype(np.int64),
            "gap_tokens": np.rint(tokens * (1 - position)).astype(np.int64),
            "outcome": pl.Series(np.where(right, "recalled", "abstained")),
        }  # fmt: skip
        rows = like[(i % 1_000).tolist()].with_columns(
            pl.Series(name, values) for name, values in own.items()
        )
        write_frame(folder / PARTS / part_name(number), rows)


def records(count: int) -> Iterator[Record]:
    """Two hundred probes a session; a quarter of them are controls."""
    rng = random.Random(1)
    for i in range(count):
        session, window = i // 200, (8192, 32768)[i // 4 % 2]
        fill = 0.05 * rng.random() if i // 8 % 4 == 0 else 0.05 + 0.95 * rng.random()
        position = rng.random()
        right = rng.random() < (0.95 if fill < 0.6 else 0.6)
        tokens = round(fill * window)
        yield Record(
            key=f"{rng.getrandbits(128):032x}",
            run_id="20260102T030405Z_bench_0001",
            scenario="brand-voice",
            session=f"brand-voice/{session}",
            seed=session,
            repeat=0,
            arm="main",
            model=f"provider/model-{i % 4}",
            window_limit=window,
            policy="send_all",
            memory="none",
            layout="growing",
            fill_requested=fill,
            fill=fill,
            position_requested=position,
            position=position,
            gap_tokens=round(tokens * (1 - position)),
            session_tokens=tokens,
            view_tokens=tokens + 12,
            prompt_tokens=tokens,
            cached_tokens=round(tokens * 0.8),
            completion_tokens=9,
            usage_source="provider",
            cost_usd=0.00012,
            question_id=f"fact-{i % 10}",
            fact=f"fact-{i % 10}",
            probe=f"fact-{i % 10}@{i % 12}",
            probe_kind="recall",
            counts="recall",
            guess=0.0,
            question="Which brand voice did the art director ask for? Answer with it only.",
            expected=("matter-of-fact",),
            reply="matter-of-fact" if right else "That was never mentioned in our conversation.",
            score=float(right),
            outcome="recalled" if right else "abstained",
            status="ok",
            error=None,
            in_view=True,
            server_truncated=False,
            session_number=1,
            latency_s=0.8,
            attempts=1,
            started_at=f"2026-01-02T03:{i // 60 % 60:02d}:{i % 60:02d}.{i % 1000:03d}+00:00",
            finish_reason="stop",
            why="'matter-of-fact' occurs in the reply",
            trunk=f"{session:032x}",
            view=((0, 44),),
            planted=("matter-of-fact", "K7-QQ", "Tuesday"),
        )


if __name__ == "__main__":
    main()
