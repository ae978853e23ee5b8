"""What the script of a page reads: series, counts of parts, records and passages, as plain JSON.

Its one rule: every estimate comes from Python; the script adds up counts and takes Wilson's
interval of them, nothing else. Strings stand once, in `words`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

import polars as pl

from harness.analysis.curves import GROUP
from harness.analysis.records import collect
from harness.analysis.summary.build import group_key
from harness.analysis.summary.page_tables import cube
from harness.analysis.summary.trials import unique_trials
from harness.reports import format as fmt
from harness.reports.charts.figure_style import onset_words, series_names, style
from harness.reports.format import plain, visible
from harness.reports.html.pairing import pair_numbers
from harness.reports.html.passages import MOST_BYTES, passages
from harness.reports.html.sampling import SAMPLED, sampled

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from harness.analysis.onset import OnsetEstimate
    from harness.analysis.records import Frame
    from harness.analysis.summary.model import CurveGroup, Summary

Data: TypeAlias = dict[str, Any]

_LONGEST_REPLY = 600
_DIGITS = 6
_TABLE_BYTES = 2_300_000
"""Of the records in one page; with longer replies there are fewer of them."""
_ROW_BYTES = 150
"""Of one record without its texts, measured."""
_PAGE_BYTES = 2_700_000
"""Of records, counts and passages together: what is left goes to passages."""

_COUNTED = (
    *GROUP, "run_id", "scenario", "session", "fact", "key", "arm", "fill_requested", "fill",
    "position", "gap_tokens", "probe_kind", "counts", "score", "outcome", "status", "in_view",
    "server_truncated", "fact_dropped", "started_at",
)  # fmt: skip
COLUMNS = tuple(dict.fromkeys((*_COUNTED, *SAMPLED)))
"""Fields of the records that the data is made of."""


def payload(summary: Summary, frame: Frame, folders: Iterable[Path]) -> Data:
    """The data of a page; see `page.js` for what is made of it."""
    words = _Words()
    apart = len({group_key(group) for group in summary.groups}) < len(summary.groups)
    numbers = {
        (group.run if apart else None, *group_key(group)): i
        for i, group in enumerate(summary.groups)
    }
    counts = _counts(frame, numbers, words, summary.groups)
    spent = len(script_json(counts))
    return {
        "style": style(),
        "series": [
            _series(group, name)
            for group, name in zip(summary.groups, series_names(summary.groups), strict=True)
        ],
        "counts": counts,
        **_records(frame, list(folders), numbers, words, spent),
        "words": words.known,
    }


class _Words:
    """Strings by number."""

    def __init__(self) -> None:
        self.known: list[str] = []
        self._numbers: dict[str, int] = {}

    def number(self, word: str | None) -> int | None:
        if word is None:
            return None
        if word not in self._numbers:
            self._numbers[word] = len(self.known)
            self.known.append(word)
        return self._numbers[word]


def script_json(data: Data) -> str:
    """JSON that can stand inside a script element: no character there means anything to HTML."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def _series(group: CurveGroup, name: str) -> Data:
    return {
        "name": name,
        "model": plain(group.model),
        "window": group.window_limit,
        "base": group.onset.control,
        "policy": plain(group.policy),
        "memory": plain(group.memory),
        "layout": plain(group.layout),
        "run": fmt.run_label(group) or None,
        "onset": _onset(group.onset, group.window_limit),
        "own": _onset(group.own_onset, group.window_limit),
        "scenarios": {
            plain(one.scenario): _onset(one.onset, group.window_limit)
            for one in group.scenarios
            if one.onset
        },
    }


def _onset(found: OnsetEstimate, window: int) -> Data:
    curve = [
        [round(x, 4) for x in (point.fill, point.recall, point.lo, point.hi)]
        for point in found.curve
    ]
    return {
        "at": found.onset,
        "lo": found.lo,
        "hi": found.hi,
        "verdict": found.verdict,
        "words": onset_words(found, window),
        "message": found.message,
        "curve": curve,
    }


def _counts(
    frame: Frame, numbers: dict[Any, int], words: _Words, groups: Sequence[CurveGroup]
) -> Data:
    """The tables of `analysis.cube`, rows as lists; runs apart where the summary has them so."""
    tables: dict[str, list[list[Any]]] = {
        "fill": [], "gap": [], "cells": [], "outcomes": [], "ends": [],
    }  # fmt: skip
    for run, rows in _parts(frame, numbers):
        found = cube(rows, _bases(groups, run))
        for name, table in tables.items():
            table += [_row(row, run, numbers, words) for row in getattr(found, name).to_dicts()]
    return dict(tables)


def _bases(groups: Sequence[CurveGroup], run: str | None) -> pl.DataFrame:
    """Up to which fill each group's window is nearly empty; null where nothing was asked there."""
    own = [group for group in groups if run in {None, group.run}]
    columns = [pl.Series(name, [getattr(group, name) for group in own]) for name in GROUP]
    ends = [group.onset.control if group.onset.has_controls else None for group in own]
    return pl.DataFrame([*columns, pl.Series("base", ends, dtype=pl.Float64)])


def _parts(frame: Frame, numbers: dict[Any, int]) -> list[tuple[str | None, pl.DataFrame]]:
    rows, _ = unique_trials(collect(frame.lazy().select(_COUNTED)))
    runs = {run for run, *_ in numbers}
    if None in runs:
        return [(None, rows)]
    return [(run, rows.filter(pl.col("run_id") == run)) for run in sorted(runs)]


def _row(row: Data, run: str | None, numbers: dict[Any, int], words: _Words) -> list[Any]:
    """Series, scenario, kind, seen, ends of the bin, n, k, at, and what else the table tells."""
    series = numbers[(run, *(row.pop(name) for name in GROUP))]
    scenario, kind = (words.number(plain(row.pop(name))) for name in ("scenario", "probe_kind"))
    ends = [_short(row.pop(name)) for name in ("from", "to")]
    numbers_ = [row.pop("n"), _short(row.pop("k")), _short(row.pop("at"))]
    seen = int(row.pop("seen"))
    row.pop("bin", None)
    more = [words.number(value) if isinstance(value, str) else value for value in row.values()]
    return [series, scenario, kind, seen, *ends, *numbers_, *more]


def _short(value: float | None) -> float | int | None:
    """A number in few digits; whole ones without a point."""
    if value is None:
        return None
    value = round(value, _DIGITS)
    return int(value) if value == int(value) else value


def _records(
    frame: Frame, folders: Sequence[Path], numbers: dict[Any, int], words: _Words, spent: int
) -> Data:
    """The table of records, column by column, and the passages of those that fit."""
    rows, n = sampled(frame)
    rows, used = _fitting(rows)
    shown = passages(rows, folders, min(MOST_BYTES, _PAGE_BYTES - used - spent))
    pairs = pair_numbers(rows)
    prefix = _prefix([row["key"] for row in rows])
    order = sorted(range(len(rows)), key=lambda i: (rows[i]["fill"], rows[i]["key"]))
    table: dict[str, list[Any]] = {}
    for i in order:
        for name, value in _record(rows[i], shown.of[i], prefix, numbers, words).items():
            table.setdefault(name, []).append(value)
        table.setdefault("pair", []).append(pairs[i])
    return {
        "records": {name: _packed(values) for name, values in table.items()},
        "carried": len(rows),
        "stored": n,
        "told": sum(trunk is not None for trunk in shown.of),
        "texts": [[words.number(role), text, left] for role, text, left in shown.texts],
        "trunks": [sorted(trunk.items()) for trunk in shown.trunks],
    }


def _fitting(rows: list[Data]) -> tuple[list[Data], int]:
    """As many records as fit, the first ones first, and how many bytes they take."""
    used, kept = 0, []
    seen: set[str] = set()
    for row in rows:
        texts = {row[name] for name in ("question", "reply", "why", "error") if row[name]} - seen
        size = _ROW_BYTES + sum(len(text[:_LONGEST_REPLY].encode()) + 3 for text in texts)
        if used + size > _TABLE_BYTES:
            break
        used += size
        seen |= texts
        kept.append(row)
    return kept, used


def _packed(values: list[Any]) -> Any:
    """A column; one value where all are alike."""
    return {"all": values[0]} if all(value == values[0] for value in values) else values


def _prefix(keys: Sequence[str]) -> int:
    """How many characters of a key tell it from the others; `harness show` takes the start."""
    length = 12
    while length < max(map(len, keys), default=0) and len({key[:length] for key in keys}) < len(
        set(keys)
    ):
        length += 4
    return length


def _record(
    row: Data, trunk: int | None, prefix: int, numbers: dict[Any, int], words: _Words
) -> Data:
    key = tuple(row[name] for name in GROUP)
    series = numbers.get((None, *key), numbers.get((row["run_id"], *key)))
    word = words.number
    reply = row["reply"]
    if reply is not None and len(reply) > _LONGEST_REPLY:
        reply = f"{reply[:_LONGEST_REPLY]} … ({len(reply) - _LONGEST_REPLY:,} more characters)"
    return {
        "key": plain(row["key"][:prefix]),
        "series": series,
        "run": word(plain(row["run_id"])),
        "arm": word(row["arm"]),
        "scenario": word(plain(row["scenario"])),
        "session": word(plain(row["session"])),
        "repeat": row["repeat"],
        "kind": word(row["probe_kind"]),
        "fact": word(plain(row["fact"])),
        "fill": _short(row["fill"]),
        "asked": _short(row["fill_requested"]),
        "position": _short(row["position"]),
        "gap": row["gap_tokens"],
        "local": row["session_tokens"],
        "sent": row["view_tokens"],
        "prompt": row["prompt_tokens"],
        "cached": row["cached_tokens"],
        "completion": row["completion_tokens"],
        "meter": word(row["usage_source"]),
        "cost": row["cost_usd"],
        "latency": _short(row["latency_s"]),
        "score": _short(row["score"]),
        "who": word(row["who"]),
        "cause": word(row["cause"]),
        "status": word(row["status"]),
        "finish": word(row["finish_reason"]),
        "seen": row["in_view"],
        "cut": row["server_truncated"],
        "question": word(visible(row["question"])),
        "expected": [word(visible(value)) for value in row["expected"]],
        "reply": word(None if reply is None else visible(reply)),
        "error": word(None if row["error"] is None else visible(row["error"])),
        "why": word(None if row["why"] is None else visible(row["why"])),
        "trunk": trunk,
        "view": row["view"] or [],
        "plants": row["plant_messages"] or [],
        "length": row["cut_messages"],
        "rounds": row["rounds"],
        "survived": row["rounds_kept"],
        "door": word(row["compaction_loss"]),
    }
