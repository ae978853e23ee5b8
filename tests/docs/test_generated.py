"""Generated parts of the pages are what the code says today."""

from __future__ import annotations

import importlib.util

from tests.support.command import ROOT

SCRIPT = ROOT / "docs" / "generate.py"


def generator():
    """The script that writes them, as a module."""
    spec = importlib.util.spec_from_file_location("docs_generate", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_keys_of_a_scenario_are_those_of_the_schema():
    page = ROOT / "docs" / "scenarios.md"
    made = generator().pages()[page]
    assert made == page.read_text(encoding="utf-8"), "docs/scenarios.md is out of date: make docs"


def test_the_table_of_what_is_heard_is_measured_on_the_labelled_replies():
    page = ROOT / "docs" / "languages.md"
    made = generator().pages()[page]
    assert made == page.read_text(encoding="utf-8"), "docs/languages.md is out of date: make docs"


def test_the_reference_of_the_command_is_its_own_help():
    page = ROOT / "docs" / "command.md"
    made = generator().pages()[page]
    assert made == page.read_text(encoding="utf-8"), "docs/command.md is out of date: make docs"


def test_the_fields_of_a_record_are_explained_by_their_own_words():
    page = ROOT / "docs" / "records.md"
    made = generator().pages()[page]
    assert made == page.read_text(encoding="utf-8"), "docs/records.md is out of date: make docs"
    assert [line for line in made.splitlines() if line.endswith("|  |")] == []


def test_every_key_of_the_schema_is_explained():
    lines = [line for line in generator().keys().splitlines() if line.startswith("| `")]
    assert len(lines) > 30
    assert [line for line in lines if line.endswith("|  |")] == []


def test_the_verbs_have_a_section_each():
    made = generator().command()
    for verb in ("init", "import", "run", "report", "check", "cache"):
        assert f"\n## harness {verb}\n" in made
    assert "\x08" not in made


def test_tables_that_are_measured_name_a_command_and_have_the_heads_of_today():
    spec = importlib.util.spec_from_file_location("measured", ROOT / "docs" / "measured.py")
    measured = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(measured)
    found = list(measured.blocks())
    assert found
    for page, block in found:
        assert block["command"].startswith("harness run scenarios/"), page
        heads = " ".join(block["table"].splitlines()[1].split())
        assert heads == "model window empty full onset lost by cost latency", page
    one, other = " $0 <1 ms\n a", " $0  12 ms\n a"
    assert measured.without_times(one) == measured.without_times(other)
