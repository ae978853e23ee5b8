"""From a published table to cells of length, score and number of items, whatever its shape.

Wide tables have a length in each column's name and a model a row, as RULER and NoLiMa print them.
Long ones have a length and a score in each row: a mean with or without its n, counts, or one row
an item, as MRCR, context-rot, needle grids and most others. What a table does not say is not
guessed: it is left None, for the caller to ask for.
"""

from __future__ import annotations

import csv
import json
import math
import re
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, Any

from harness.core.errors import FileError, UsageError, Where, nearest
from harness.core.printable import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

LENGTHS = (
    "approximate_input_length", "context_length", "length", "tokens", "prompt_tokens",
    "token_limit", "n_tokens", "input_tokens", "input_length", "seq_length", "context", "bin",
    "token_count",
)  # fmt: skip
SCORES = (
    "score", "llm_judge_output", "accuracy", "recall", "correct", "mean_match_ratio", "ratio",
    "grade", "exact_match", "value",
)  # fmt: skip
COUNTS = ("n", "items", "samples", "n_samples", "num_samples", "trials", "total")
HITS = ("k", "hits", "n_correct", "num_correct", "successes", "recalled")
BASES = ("base", "base score", "base_score", "short", "short score")
MODELS = ("model", "models", "name", "llm", "system")
_LENGTH = re.compile(r"^\s*[<≤]?\s*([0-9][0-9.,_]*)\s*([kKmM]?)\s*(tokens?)?\s*$")
_TRUE, _FALSE = {"true", "yes"}, {"false", "no"}
_MOST_TOKENS = 1e15
"""More than any length, score or number of items; what is larger was damaged."""
_EMPTY = {"", "-", "–", "—", "n/a", "na", "none", "null", "nan"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedCell:
    """What a table says of one length, or of one item of it."""

    model: str
    tokens: float | None
    """Length; None for the score without a long context."""
    score: float
    """As it is written."""
    n: int | None
    """Items that it is the mean of; None where the table does not say."""
    item: bool
    """Whether it is one item, by itself."""
    where: str
    """File and row, for errors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which columns are meant, where the names do not say it."""

    length: str | None = None
    score: str | None = None
    n: str | None = None
    model: str | None = None


def read_cells(path: Path, columns: Columns, *, n: int | None = None) -> list[PublishedCell]:
    """The cells of a CSV, JSON or JSONL file.

    Args:
        path: The table.
        columns: Names of columns that are not found by themselves.
        n: Items of each score, where the table does not say.

    Raises:
        UsageError: There is no such file, or no length or no score in it.
    """
    rows = _rows(path)
    if not rows:
        raise UsageError(f"{path}: no rows; expected a table with a length and a score")
    names = list(dict.fromkeys(name for row in rows for name in row))
    wide = {name: tokens for name in names if (tokens := length_tokens(name)) is not None}
    length = _find(names, columns.length, LENGTHS, "--length", path)
    if length is None and len(wide) > 1:
        return [cell for i, row in enumerate(rows) for cell in _wide(row, wide, n, path, i)]
    score = _find(names, columns.score, SCORES, "--score", path)
    hits = _find(names, None, HITS, "", path) if columns.score is None else None
    if length is None or (score is None and hits is None):
        missing, flag = ("length", "--length") if length is None else ("score", "--score")
        raise UsageError(
            f"{path}: no column is a {missing}; name it with {flag} (columns: {', '.join(names)})"
        )
    count = _find(names, columns.n, COUNTS, "--n-column", path)
    model = _find(names, columns.model, MODELS, "--model-column", path)
    return _long(rows, (length, score, hits, count, model), n, path)


def _rows(path: Path) -> list[dict[str, Any]]:
    """The rows of the file, as mappings."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from error
    if path.suffix.lower() == ".jsonl":
        lines = enumerate(text.split("\n"), 1)
        return [_mapping(_json(line, path, i), f"{path}:{i}") for i, line in lines if line.strip()]
    if path.suffix.lower() == ".json":
        return _from_json(_json(text, path), path)
    return _from_csv(text, path)


def _json(text: str, path: Path, line: int | None = None) -> Any:
    try:
        return json.loads(text)  # NaN is what some write for a score that is missing
    except ValueError as error:
        problem = f"is no JSON: {shown(str(error), 120)}"
    except RecursionError:
        problem = "is no JSON that can be read: it is nested too deep"
    raise FileError(Where(file=str(path), line=line), problem)


def _from_csv(text: str, path: Path) -> list[dict[str, Any]]:
    """Rows under the names of the first."""
    reader = csv.DictReader(StringIO(text, newline=""))
    rows: list[dict[str, Any]] = []
    try:
        for row in reader:
            if None in row:
                where = Where(file=str(path), line=reader.line_num)
                raise FileError(where, "the row has more cells than the first line has names")
            rows.append(dict(row))
    except csv.Error as error:
        where = Where(file=str(path), line=reader.line_num)
        raise FileError(where, f"not a row of a CSV: {error}") from None
    return rows


def _from_json(data: Any, path: Path) -> list[dict[str, Any]]:
    """Rows of a list, or of a mapping of models to their scores by length."""
    if isinstance(data, list):
        return [_mapping(row, f"{path}: row {i}") for i, row in enumerate(data)]
    if isinstance(data, dict) and data and all(isinstance(row, dict) for row in data.values()):
        return [{"model": name, **row} for name, row in data.items()]
    raise UsageError(f"{path}: expected a list of rows, or a mapping of models to their scores")


def _mapping(row: Any, where: str) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise UsageError(f"{where}: is of type {type(row).__name__}, expected a mapping")
    return {str(name): value for name, value in row.items()}


def length_tokens(text: object) -> float | None:
    """A length as tables write it, in tokens: 4096, 32k, 1M; None where it is none.

    >>> length_tokens("32K"), length_tokens("1M"), length_tokens("Avg.")
    (32000.0, 1000000.0, None)
    """
    if isinstance(text, int | float) and not isinstance(text, bool):
        return float(text) if 0 < text <= _MOST_TOKENS else None
    found = _LENGTH.match(str(text))
    if not found:
        return None
    try:
        number = float(found[1].replace(",", "").replace("_", ""))
    except ValueError:
        return None
    tokens = number * {"": 1, "k": 1_000, "m": 1_000_000}[found[2].lower()]
    return tokens if 0 < tokens <= _MOST_TOKENS else None


def _find(
    names: Sequence[str], asked: str | None, known: Iterable[str], flag: str, path: Path
) -> str | None:
    if asked is not None:
        if asked not in names:
            raise UsageError(f"{path}: {flag} '{asked}' is no column; {nearest(asked, names)}")
        return asked
    plain = {name.strip().lower(): name for name in names}
    return next((plain[name] for name in known if name in plain), None)


def _wide(
    row: dict[str, Any], lengths: dict[str, float], n: int | None, path: Path, i: int
) -> list[PublishedCell]:
    """A row of a table with a column a length; other numbers, such as averages, are left alone."""
    plain = {name.strip().lower(): name for name in row}
    named = next((plain[name] for name in MODELS if name in plain), next(iter(row)))
    where = f"{path}: row {i + 1}"
    base = next((plain[name] for name in BASES if name in plain), None)
    places = list(lengths.items())
    found: list[PublishedCell] = []
    for name, tokens in [*([(base, None)] if base else []), *places]:
        score = _score(row.get(name), f"{where}, column {name}")
        if score is not None:
            model = str(row.get(named, "")).strip()
            found.append(
                PublishedCell(model=model, tokens=tokens, score=score, n=n, item=False, where=where)
            )
    return found


def _long(
    rows: Sequence[dict[str, Any]],
    names: tuple[str, str | None, str | None, str | None, str | None],
    n: int | None,
    path: Path,
) -> list[PublishedCell]:
    length, score, hits, count, model = names
    cells, values = [], []
    for i, row in enumerate(rows):
        where = f"{path}: row {i + 1}"
        tokens = length_tokens(row.get(length))
        if tokens is None:
            raise UsageError(
                f"{where}: {length} is '{_told(row.get(length))}', expected tokens or 32k"
            )
        items = n if count is None else _count(row.get(count), f"{where}, column {count}")
        value = _score(row.get(score), f"{where}, column {score}") if score else None
        if score is None and hits is not None:
            k = _score(row.get(hits), f"{where}, column {hits}")
            if not items:
                raise UsageError(f"{where}: {hits} is a count, and there is no n; give --n ITEMS")
            value = None if k is None else k / items
        if value is None:
            continue
        values.append(row.get(score) if score else None)
        named = str(row.get(model, "")).strip() if model else path.stem
        cells.append((named, tokens, value, items, where))
    item = count is None and n is None and _are_items(values, [cell[:2] for cell in cells])
    return [
        PublishedCell(
            model=name, tokens=tokens, score=value, n=1 if item else items, item=item, where=where
        )
        for name, tokens, value, items, where in cells
    ]


def _are_items(values: Sequence[object], places: Sequence[tuple[str, float]]) -> bool:
    """One row an item: truth values, or several rows of one model and length."""
    truths = all(str(value).strip().lower() in _TRUE | _FALSE for value in values)
    return truths or 2 * len(set(places)) <= len(places)


def _count(value: object, where: str) -> int:
    try:
        number = float(str(value))
    except ValueError:
        number = 0.0
    if not 1 <= number <= _MOST_TOKENS or number != int(number):
        raise UsageError(f"{where}: n is '{_told(value)}', expected a whole number above 0")
    return int(number)


def _score(value: object, where: str) -> float | None:
    text = str(value).strip().lower()
    if value is None or text in _EMPTY:
        return None
    if text in _TRUE | _FALSE:
        return float(text in _TRUE)
    try:
        score = float(text.rstrip("%").rstrip())
    except ValueError:
        score = math.nan
    if not abs(score) <= _MOST_TOKENS:
        raise UsageError(f"{where}: the score is '{_told(value)}', expected a number")
    return score


def _told(value: object) -> str:
    try:
        return shown(str(value), 40)
    except ValueError:  # Python writes out no more than some thousand digits
        return "a number of thousands of digits"
