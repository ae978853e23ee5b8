"""What a calibration of the kinds of question found out, as a table or as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from harness.core.errors import UsageError
from harness.core.files import whole
from harness.reports import format as fmt

if TYPE_CHECKING:
    from pathlib import Path

    from harness.analysis.calibration.kinds import KindCalibration, KindReading

SCHEMA = 1
"""Version of the JSON form."""

_HEADER = ("kind", "answers", "guess", "exact", "finder", "true", "found", "interval", "covered")
_SUFFIXES = (".md", ".json")
_NOTES = """\
exact, finder: mean score of a reader that does what is asked, and of one that only finds sentences.
guess: what guessing is worth, in the fit as well.
true, found: fill at which the score of a reader whose skill fails is down by 5 points: by its law,
and as it was found, with the 95 % interval."""


def kind_calibration_terminal(found: KindCalibration) -> str:
    """A table for people, with a heading and a word on how to read it."""
    rows = [_HEADER, *map(_row, found.kinds)]
    widths = [max(fmt.width(row[i]) for row in rows) for i in range(len(_HEADER))]
    lines = [
        "  ".join(
            fmt.fit_columns(cell, wide, right=i > 0)
            for i, (cell, wide) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    return "\n".join([_title(found), "", *lines, "", _interference(found), "", _NOTES])


def kind_calibration_markdown(found: KindCalibration) -> str:
    """The same table in Markdown."""
    rule = ["---", *["---:"] * (len(_HEADER) - 1)]
    rows = [[fmt.escape_markdown(cell) for cell in _row(one)] for one in found.kinds]
    table = [f"| {' | '.join(row)} |" for row in (_HEADER, rule, *rows)]
    return "\n".join([_title(found), "", *table, "", _interference(found), "", _NOTES, ""])


def kind_calibration_json(found: KindCalibration) -> str:
    """Every number of it; scores and fills are fractions."""
    kinds = [
        {
            name: getattr(one, name)
            for name in ("kind", "guess", "n", "exact", "finder", "truth", "covered")
        }
        | {name: getattr(one.onset, name) for name in ("verdict", "onset", "lo", "hi", "plateau")}
        for one in found.kinds
    ]
    facts = {"window": found.window, "seeds": found.seeds, "kinds": kinds}
    told = {"schema": SCHEMA, **facts, "interference": asdict(found.interference)}
    return json.dumps(told, indent=2) + "\n"


def check_kind_output(output: Path) -> None:
    """Refuse an output that cannot be written.

    Raises:
        UsageError: The suffix or the folder is unknown.
    """
    if output.suffix.lower() not in _SUFFIXES:
        known = ", ".join(_SUFFIXES)
        problem = f"no calibration of kinds ends in '{output.suffix}'; known: {known}"
        raise UsageError(f"'{output}': {problem}")
    if not output.parent.is_dir():
        raise UsageError(f"'{output}': the folder '{output.parent}' does not exist; make it first")


def write_kind_calibration(found: KindCalibration, output: Path) -> None:
    """Write a form of it; the suffix says which. The file is whole or not there."""
    text = kind_calibration_json if output.suffix.lower() == ".json" else kind_calibration_markdown
    with whole(output) as beside:
        beside.write_text(text(found), encoding="utf-8")


def _title(found: KindCalibration) -> str:
    return f"Kinds of question: {found.seeds:,} sessions each, window of {found.window:,} tokens"


def _row(one: KindReading) -> tuple[str, ...]:
    onset = one.onset
    ends = [fmt.percent(onset.lo), "…" if onset.hi is None else fmt.percent(onset.hi)]
    return (
        one.kind,
        f"{one.n:,}",
        fmt.percent(one.guess),
        fmt.percent(one.exact),
        fmt.percent(one.finder),
        fmt.percent(one.truth),
        fmt.percent(onset.onset),
        fmt.NOTHING if onset.lo is None else "–".join(ends),
        "yes" if one.covered else "no",
    )


def _interference(found: KindCalibration) -> str:
    one = found.interference
    if one.loss is None:
        return "Interference: too few sessions to tell what a doubling of the values costs."
    return (
        f"Interference: a doubling of the values costs {fmt.percent(one.loss)} of the answers"
        f" ({fmt.percent(one.lo)}–{fmt.percent(one.hi)}; by the law {fmt.percent(one.truth)}),"
        f" {one.n:,} answers."
    )
