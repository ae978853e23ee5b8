"""The names of the files of a run folder, and nothing else.

`results/<UTC time>_<slug>_<id>/` holds `run.json` (the study), `records.jsonl` (a line a trial) and
`messages.jsonl` (each message text once). A run of very many trials moves the lines of finished
ones into parquet parts under `records/`; what was not moved yet is `records.jsonl`, its tail.
Models that write into sessions leave `writings.jsonl`, memories a file each under `memories/`, an
adaptive run its batches, a length ledger its ratios.
"""

from __future__ import annotations

import re

RECORDS = "records.jsonl"
"""A line for each finished trial; a key that stands twice was asked twice, and the last counts."""

PARTS = "records"
"""The folder with the parts of a long run's records: all but the last ones, which are lines."""

PART_NAME = re.compile(r"\d{6}\.parquet")
"""How a part is called: its number, counted from 1."""

SETTLED = ".settled.parquet"
"""How what is beside a part ends: what all calls of the run told together of its records."""

MESSAGES = "messages.jsonl"
"""Each message text once, by hash; for each conversation the list of its hashes."""

CONFIG = "run.json"
"""What was asked for: enough to run the same study again."""

WRITINGS = "writings.jsonl"
"""A line for each call that wrote into a session."""

STORES = "memories"
"""The folder with the stores of memories: a file for each chain of sessions."""

ROOM = "answer_room.json"
"""How much room the answers of each model were found to need."""

LEDGER = "ledger.json"
"""How the providers of the run count."""

BATCHES = "batches.jsonl"
"""The batches of an adaptive run, each written before it is sent."""

INDEX = "index.sqlite"
"""What is recorded by key, of a run of very many trials; it can be made again from the records."""

MESSAGE_INDEX = "messages.sqlite"
"""Which messages stand in the folder, of a run of very many; likewise."""
