"""The published schema is true: it is made of the values, and it fits what is written."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from harness.reports.files.json_schema import _value, schema, schema_text
from tests.support.command import ROOT, harness

PUBLISHED = ROOT / "docs" / "report.schema.json"
GOLDEN = json.loads(
    (Path(__file__).parents[1] / "golden" / "report.json").read_text(encoding="utf-8")
)


def test_the_schema_in_the_docs_is_that_of_the_program() -> None:
    """After a wanted change: harness report --schema > docs/report.schema.json."""
    assert PUBLISHED.read_text(encoding="utf-8") == schema_text()


def test_the_command_prints_it() -> None:
    found = harness("report", "--schema")
    assert (found.code, found.out) == (0, schema_text())


def test_a_report_fits_it() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.validate(GOLDEN, schema())


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema",), 2),
        (("n_records",), "many"),
        (("groups", 0, "onset", "verdict"), "maybe"),
        (("groups", 2, "by_fill", 0, "share", "recall"), None),
    ],
)
def test_what_is_no_report_does_not_fit(path: tuple[Any, ...], value: object) -> None:
    broken = json.loads(json.dumps(GOLDEN))
    place = broken
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, schema())


def test_every_field_that_is_written_is_described() -> None:
    shapes = schema()["$defs"]
    assert set(GOLDEN) == set(schema()["properties"])
    assert set(GOLDEN["groups"][0]) == set(shapes["CurveGroup"]["properties"])
    assert set(GOLDEN["groups"][0]["onset"]) == set(shapes["OnsetEstimate"]["properties"])


def test_a_field_of_an_unknown_kind_is_refused() -> None:
    @dataclass(frozen=True)
    class Odd:
        names: set[str]

    with pytest.raises(TypeError, match=r"a report has no shape for set\[str\]"):
        _value(set[str], {})
