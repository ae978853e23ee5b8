"""A folder that the library `datasets` loads: tables of records and messages, and a card."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.files import binary_sink, whole
from harness.core.printable import well_formed
from harness.runs.folder.layout import RECORDS

if TYPE_CHECKING:
    from pathlib import Path

    from harness.reports.exports.stored_run import StoredRun

_CARD = """\
---
pretty_name: "{name}"
size_categories:
- {size}
configs:
- config_name: records
  default: true
  data_files:
  - split: test
    path: data/records.parquet
- config_name: prompts
  data_files:
  - split: test
    path: data/prompts.parquet
---

# {name}

{count:,} trials of session-harness {version}, begun {created}: where does a chat model begin to
forget as a session approaches its context window?

- **Models:** {models}
- **Scenarios:** {scenarios}
- **Windows:** {windows} tokens; **policies:** {policies}; **memories:** {memories}

`records` holds a row a trial: what was asked, what came back, what it is worth (`score`, in
[0, 1]; null where nothing was measured) and why (`outcome`). `prompts` holds the messages that each
trial was sent, by `key`. A session is the cluster of every statistic: resample `session`, not rows.
"""
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


@dataclass(frozen=True, slots=True)
class HfDataset:
    """`data/records.parquet`, `data/prompts.parquet` and `README.md`."""

    def write(self, run: StoredRun, folder: Path, /) -> list[Path]:
        """Write the tables and the card into the folder."""
        import polars as pl

        from harness.analysis.records import collect, read_records

        records = collect(read_records(run.folder / RECORDS))
        latest = records.unique("key", keep="last").sort("key")
        data = folder / "data"
        data.mkdir(parents=True, exist_ok=True)
        with whole(data / "records.parquet") as place, binary_sink(place) as file:
            latest.write_parquet(file)
        prompts = pl.DataFrame(
            {
                "key": [record["key"] for record in run.records],
                "messages": [
                    [
                        {"role": said.role, "content": well_formed(said.text)}
                        for said in run.sent(record)
                    ]
                    for record in run.records
                ],
            }
        )
        with whole(data / "prompts.parquet") as place, binary_sink(place) as file:
            prompts.write_parquet(file)
        card = folder / "README.md"
        with whole(card) as place:
            place.write_text(well_formed(_card(run)), encoding="utf-8")
        return [card, data / "records.parquet", data / "prompts.parquet"]


def _card(run: StoredRun) -> str:
    def told(key: str) -> str:
        return ", ".join(sorted({f"{record[key]}" for record in run.records}))

    count = len(run.records)
    return _CARD.format(
        name=run.name,
        size=next((name for most, name in _SIZES if count < most), "n>1M"),
        count=count,
        version=run.version,
        created=run.created[:19],
        models=told("model"),
        scenarios=told("scenario"),
        windows=told("window_limit"),
        policies=told("policy"),
        memories=told("memory"),
    )
