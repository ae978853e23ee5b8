"""Baselines: snapshots kept under a name, as files that a reviewer can read.

A file is JSON Lines: a head, a line for each scenario and model, then for each group a line that
says what its trials have in common, and one line a trial. Its one rule: the same run gives the same
bytes, so that a new blessing is a readable diff.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from harness.core.errors import FileError, UsageError, Where, nearest
from harness.core.files import write_whole
from harness.core.printable import shown
from harness.core.shapes import conform, parse
from harness.gate.snapshot import (
    GROUP,
    ROWS,
    TRIAL,
    Answered,
    ScenarioMark,
    Snapshot,
    check_whole,
    ordered,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

BASELINE_SCHEMA = 2
"""Version of the file; another one is refused by name."""

REPEATS_ADVISED = 5
"""A baseline of one repeat makes every night share its luck."""

SUFFIX = ".jsonl"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_HEAD = ("run", "made", "harness", "record_schema", "format", "options")
_OF_A_LINE = (*TRIAL, "fill", "scores", "outcomes")


def folder_of(out: Path) -> Path:
    """Where the baselines of a results folder are."""
    return out / "baselines"


def bless(snapshot: Snapshot, out: Path) -> Path:
    """Keep a snapshot under its name; the file that it is now in.

    Raises:
        UsageError: The name is not one, or the file cannot be written.
        IncompleteError: Trials are missing or ended in an error.
    """
    if not _NAME.fullmatch(snapshot.name):
        raise UsageError(
            f"'{snapshot.name}' is no name for a baseline: use letters, digits, '.', '_' and '-'"
        )
    check_whole(snapshot)
    path = folder_of(out) / f"{snapshot.name}{SUFFIX}"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, "".join(f"{line}\n" for line in written(snapshot)))
    return path


def written(snapshot: Snapshot) -> Iterator[str]:
    """The lines of a baseline file."""
    head = {"baseline": snapshot.name, "schema": BASELINE_SCHEMA}
    yield _line(head | {name: getattr(snapshot, name) for name in _HEAD})
    for mark in snapshot.scenarios:
        names = ("variant", "body", "prompt")
        yield _line({"scenario": mark.name} | {name: getattr(mark, name) for name in names})
    for model in snapshot.models:
        yield _line({"model": model.model, "versions": model.versions})
    for key, part in snapshot.rows.partition_by(
        *GROUP, as_dict=True, include_key=False, maintain_order=True
    ).items():
        yield _line({"group": dict(zip(GROUP, key, strict=True))})
        for row in part.select(_OF_A_LINE).iter_rows(named=True):
            yield _line({k: v for k, v in row.items() if v is not None})


def _line(data: Mapping[str, object]) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def names(out: Path) -> list[str]:
    """The baselines of a results folder, sorted."""
    return sorted(path.stem for path in folder_of(out).glob(f"*{SUFFIX}"))


def read_baseline(name: str, out: Path) -> Snapshot:
    """The baseline of that name, or in that file.

    Raises:
        UsageError: There is none, or it is of another version of the file.
        FileError: A line is not one of a baseline.
    """
    path = Path(name) if name.endswith(SUFFIX) else folder_of(out) / f"{name}{SUFFIX}"
    if not path.is_file():
        known = names(out)
        hint = nearest(name, known) if known else f"there are none in {folder_of(out)}"
        raise UsageError(
            f"unknown baseline '{name}': {hint} (make one: harness baseline bless RUN NAME)"
        )
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise FileError(Where(file=str(path)), f"not UTF-8 text: {error.reason}") from None
    # not splitlines: a model's name may hold one of the other line breaks of Unicode
    return _read(path, text.removesuffix("\n").split("\n") if text else ())


def _read(path: Path, lines: Iterable[str]) -> Snapshot:
    head: dict[str, Any] = {}
    marks: list[ScenarioMark] = []
    models: list[Answered] = []
    group: dict[str, Any] = {}
    rows: list[dict[str, Any]] = []
    for number, text in enumerate(lines, start=1):
        where = Where(file=str(path), line=number)
        data = _json(text, where)
        try:
            conform(data, _FIRST if number == 1 else _REST, where, what="a line of a baseline")
            if number == 1:
                head = _head(data, path)
            elif "body" in data:
                names = ("variant", "body", "prompt")
                marks.append(ScenarioMark(name=data["scenario"], **{n: data[n] for n in names}))
            elif "versions" in data:
                models.append(Answered(model=data["model"], versions=tuple(data["versions"])))
            elif "group" in data:
                group = {name: data["group"][name] for name in GROUP}
                conform(group, _shape(GROUP), where, what="a line of a baseline")
            else:
                conform(data, _shape(TRIAL), where, what="a line of a baseline")
                rows.append({**group, **{n: data.get(n) for n in TRIAL}, **_measured(data)})
        except (KeyError, TypeError, AttributeError) as error:
            raise FileError(where, f"not a line of a baseline: {error}") from None
    if not rows:
        raise FileError(Where(file=str(path)), "a baseline without trials; bless a run again")
    return Snapshot(
        name=path.stem,
        scenarios=tuple(marks),
        models=tuple(models),
        rows=_frame(rows, path),
        **head,
    )


def _json(text: str, where: Where) -> dict[str, Any]:
    data = parse(text, where)
    if not isinstance(data, dict):
        raise FileError(where, "not a line of a baseline: expected a JSON object")
    return data


def _head(data: Mapping[str, Any], path: Path) -> dict[str, Any]:
    if data.get("schema") != BASELINE_SCHEMA:
        raise UsageError(
            f"{path} has schema {data.get('schema')!r}; this version reads baselines of schema"
            f" {BASELINE_SCHEMA}: bless a run again"
        )
    return {name: data[name] for name in _HEAD}


def _measured(data: Mapping[str, Any]) -> dict[str, Any]:
    scores, outcomes = data["scores"], data["outcomes"]
    if len(scores) != len(outcomes):
        raise TypeError("as many outcomes as scores were expected")
    return {"fill": data["fill"], "scores": scores, "outcomes": outcomes}


_FIRST = {
    "run?": str,
    "made?": str,
    "harness?": str,
    "record_schema?": int,
    "format?": int,
    "options?": {},
}
_REST = {
    "scenario?": str,
    "variant?": str,
    "body?": str,
    "prompt?": str,
    "model?": str,
    "versions?": [str],
    "group?": {},
    "fill?": float,
    "scores?": [(float, None)],
    "outcomes?": [(str, None)],
}
"""What the first line and every other looks like; which keys belong together is seen in reading."""


def _shape(names: Iterable[str]) -> dict[str, Any]:
    """What the columns of these names hold, as JSON; each may be missing or null."""
    return {f"{name}?": (_JSON_TYPES[ROWS[name]], None) for name in names}


_JSON_TYPES: dict[Any, type] = {
    pl.String(): str,
    pl.Int64(): int,
    pl.Float64(): float,
    pl.Boolean(): bool,
}


def _frame(rows: list[dict[str, Any]], path: Path) -> pl.DataFrame:
    try:
        return ordered(pl.DataFrame(rows, schema=ROWS, strict=True))
    except (pl.exceptions.PolarsError, TypeError) as error:
        raise FileError(
            Where(file=str(path)), f"a trial has a wrong type: {shown(str(error), 200)}"
        ) from None
