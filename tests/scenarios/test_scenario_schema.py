"""The JSON Schema that editors check with says what the loader says about the shape of a file."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from harness.scenarios import json_schema
from harness.scenarios.schema import DIALECT

GOLDEN = Path(__file__).parent / "scenario.schema.json"
SHIPPED = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    jsonschema.Draft202012Validator.check_schema(json_schema())
    return jsonschema.Draft202012Validator(json_schema())


def test_the_schema_changes_only_with_its_golden_file():
    """Written again with json.dump(json_schema(), file, indent=2), after a look at the change."""
    assert json_schema() == json.loads(GOLDEN.read_text("utf-8"))


def test_the_schema_names_its_dialect_and_explains_every_key():
    schema = json_schema()
    assert schema["$schema"] == DIALECT
    for model in (schema, *schema["$defs"].values()):
        assert model["additionalProperties"] is False
        for name, field in model["properties"].items():
            assert field.get("description"), name


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_schema_accepts_what_we_ship(validator, path):
    validator.validate(yaml.safe_load(path.read_text("utf-8")))


@pytest.mark.parametrize(
    "line",
    [
        "fills: [0.5, 1.2]",
        "positions: [0, 1]",
        "filler: {file: x.jsonl, repeat: true}",
        "filler: {name: workday}",
        "system: Be brief.",
        "rules: [{id: short, say: Be brief., check: {max_words: 15}}]",
        "rules: [{id: plain, say: No lists., reply: Fine., check: no_list}]",
        "rules: [{id: words, say: No hype., check: {must_not_include: [leverage, utilise]}}]",
        (
            "script: [{user: a, assistant: b}, {plant: tone}, {filler: 1}, {filler: {weight: 0.5}},"
            " {probe: tone}]"
        ),
    ],
)
def test_the_schema_accepts_every_form_of_a_setting(validator, small, line):
    validator.validate(yaml.safe_load(f"{small}{line}\n"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("schema: 1", "schema: 2"),
        ("schema: 1\n", ""),
        ("    ask:", "    aks:"),
        ("id: tone", "id: tone\n    depth: 1"),
        ("id: tone", "id: tone\n    kind: [recall]"),
        ("name: small", "name: small\nquestions: [{id: q, about: [tone]}]"),
        ("id: tone", "id: tone\n    reply: []"),
        ("id: tone", "id: tone\n    amend: ~"),
        ("tender", "no"),
        ("tender", "{value: a, acept: b}"),
        ("[dry, tender]", "{generate: cod}"),
        ("name: small", "name: small\nfills: 3"),
        ("name: small", "name: small\nfills: [9]"),
        ("name: small", "name: small\npositions: [1.5]"),
        ("name: small", "name: small\nlayout: script"),
        ("name: small", "name: small\nexpect: {recall_at_least: 2}"),
        ("name: small", "name: small\nrules: []"),
        ("name: small", "name: small\nrules: [{id: short, say: Be brief.}]"),
        ("name: small", "name: small\nrules: [{id: short, say: x, check: {max_words: 0}}]"),
        ("name: small", "name: small\nrules: [{id: short, say: x, check: {most: 9}}]"),
        ("name: small", "name: small\nrules: [{id: short, say: x, check: {language: English}}]"),
        ("name: small", "name: small\nscript: [{user: a, calls: []}]"),
        ("name: small", "name: small\nscript: [{plant: tone, probe: tone}]"),
        ("name: small", "name: small\nscript: [{filler: 0}]"),
    ],
)
def test_schema_and_loader_refuse_the_same_shapes(validator, small, said, old, new):
    text = small.replace(old, new, 1)
    assert not validator.is_valid(yaml.safe_load(text))
    assert said(text) != []
