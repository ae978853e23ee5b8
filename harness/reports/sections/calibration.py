"""What a calibration found out, as a table for the terminal, Markdown, JSON, or a picture."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from harness.analysis.calibration.results import line_of
from harness.core.errors import UsageError
from harness.core.files import whole
from harness.core.printable import how_many
from harness.core.spec import Spec
from harness.reports import format as fmt
from harness.reports.charts.calibration import chart

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from harness.analysis.calibration.results import Calibration, Line, Weight

SCHEMA = 1
"""Version of the JSON form."""

_HEADER = (
    "law",
    "true",
    "median",
    "covered",
    "width",
    "found",
    "false",
    "85 %",
    "covered",
    "false",
)
_NO_TRUTH = {"none": "none", "floor": "floor"}


def name_of(weight: Weight) -> str:
    """The law and its options, without the window that all of them share."""
    spec = Spec.parse(weight.model.removeprefix("reference/"))
    return str(Spec(spec.name, tuple(pair for pair in spec.options if pair[0] != "limit")))


def calibration_terminal(found: Calibration) -> str:
    """A table for people, with a heading and a word on how to read it."""
    rows = [_HEADER, *_rows(found)]
    widths = [max(fmt.width(row[i]) for row in rows) for i in range(len(_HEADER))]
    lines = [
        "  ".join(fmt.fit_columns(cell, wide, right=i > 0) for i, (cell, wide) in enumerate(cells))
        for cells in ([*zip(row, widths, strict=True)] for row in rows)
    ]
    return "\n".join([_title(found), "", *lines, "", _NOTES])


def calibration_markdown(found: Calibration) -> str:
    """The same table in Markdown."""
    rule = ["---", *["---:"] * (len(_HEADER) - 1)]
    table = [
        f"| {' | '.join(row)} |"
        for row in (_HEADER, rule, *([fmt.escape_markdown(c) for c in row] for row in _rows(found)))
    ]
    return "\n".join([_title(found), "", *table, "", _NOTES, ""])


def calibration_json(found: Calibration) -> str:
    """Every reading of every study, and the lines; fractions of the window."""
    laws = [
        {
            "law": weight.model,
            "kind": weight.kind,
            "truth": weight.truth,
            "plateau": weight.plateau,
            "line": asdict(line_of([weight])),
            "field": asdict(line_of([weight], field=True)),
            "readings": [asdict(one) for one in weight.readings],
            "field_readings": [asdict(one) for one in weight.field],
        }
        for weight in found.weights
    ]
    facts: dict[str, Any] = {
        name: getattr(found, name) for name in ("window", "layout", "n", "seeds", "probes")
    }
    return json.dumps({"schema": SCHEMA, **facts, "laws": laws}, indent=2) + "\n"


def write_calibration(found: Calibration, output: Path) -> None:
    """Write a form of it; the suffix says which. The file is whole or not there.

    Raises:
        UsageError: The suffix or the folder is unknown, or a picture needs the charts extra.
    """
    suffix = check_output(output)
    with whole(output) as beside:
        if suffix in _TEXTS:
            beside.write_text(_TEXTS[suffix](found), encoding="utf-8", errors="replace")
        else:
            scale = {"scale_factor": 2.0} if suffix == "png" else {}
            named = [(name_of(weight), weight) for weight in found.weights]
            chart(named, _title(found)).save(str(beside), format=suffix, **scale)


_TEXTS: Mapping[str, Callable[[Calibration], str]] = {
    "json": calibration_json,
    "md": calibration_markdown,
}
_PICTURES = ("png", "svg")


def check_output(output: Path) -> str:
    """The suffix of an output that can be written.

    Raises:
        UsageError: The suffix or the folder is unknown.
    """
    suffix = output.suffix.removeprefix(".").lower()
    known = (*_TEXTS, *_PICTURES)
    if suffix not in known:
        endings = ", ".join(f".{one}" for one in known)
        raise UsageError(f"'{output}': no calibration ends in '{output.suffix}'; known: {endings}")
    if not output.parent.is_dir():
        raise UsageError(f"'{output}': the folder '{output.parent}' does not exist; make it first")
    return suffix


def _title(found: Calibration) -> str:
    return (
        f"{how_many(found.n, 'study') if found.n == 1 else f'{found.n:,} studies'} of each law:"
        f" {how_many(found.seeds, 'session')} and about {found.probes:,.0f} probes a study,"
        f" layout {found.layout}, window of {found.window:,} tokens"
    )


def _rows(found: Calibration) -> list[tuple[str, ...]]:
    """A row a law, and the laws together: those with an onset, and the others."""
    rows = [_row(name_of(weight), _truth(weight), [weight]) for weight in found.weights]
    pooled = (
        ("all with an onset", found.of(["onset"])),
        ("all others", found.of(["none", "floor"])),
    )
    return rows + [_row(name, fmt.NOTHING, weights) for name, weights in pooled if weights]


def _truth(weight: Weight) -> str:
    return _NO_TRUTH.get(weight.kind) or fmt.percent(weight.truth)


def _row(name: str, truth: str, weights: Sequence[Weight]) -> tuple[str, ...]:
    ours, field = line_of(weights), line_of(weights, field=True)
    one = len(weights) == 1
    return (
        name,
        truth,
        fmt.percent(ours.median) if one else fmt.NOTHING,
        fmt.percent(ours.coverage, 0),
        fmt.percent(ours.width),
        fmt.percent(ours.found, 0),
        _false(ours),
        fmt.percent(field.median, 0) if one else fmt.NOTHING,
        fmt.percent(field.coverage, 0),
        _false(field),
    )


def _false(line: Line) -> str:
    return fmt.NOTHING if line.false is None else f"{line.false} of {line.studies}"


_NOTES = """\
true: fill at which the law's recall has fallen 5 points below its own plateau, by the law itself.
median, covered, width, found: the onsets found, the 95 % intervals that hold the truth, their mean
width in points of fill, and the share of studies with an onset.
false: onsets found where there is none.
85 %: the same studies by the first of ten levels with a recall under 85 %, as wide as the level."""
