"""What a newcomer types first: scenarios by name, names of models, some of the facts, the help."""

from __future__ import annotations

import json
import re

import click
import pytest

from harness.cli import _VERBS, plan, run
from harness.cli import harness as group
from harness.cli.grouped import GROUPS
from harness.scenarios.shipped import shipped
from harness.sessions.memories import memories
from harness.sessions.policies import policies
from tests.support.command import SCENARIOS, harness, the_run

VOICE = SCENARIOS / "brand-voice.yaml"


def records(folder):
    lines = (folder / "records.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def needle(tmp_path_factory):
    """A run of a scenario by its name, in a folder with nothing in it."""
    folder = tmp_path_factory.mktemp("needle")
    result = harness(
        "run", "needle", "-m", "reference/perfect", "-w", "2k", "--seeds", 2, "--fills", "0.1,0.9",
        "--name", "mine", "--no-controls", cwd=folder,
    )  # fmt: skip
    assert result.code == 0, result.err
    return folder, result


def test_a_scenario_that_comes_along_runs_by_its_name(needle):
    folder, _ = needle
    assert {r["scenario"] for r in records(the_run(folder / "results"))} == {"needle"}


def test_a_model_is_called_in_every_later_report_as_the_run_called_it(needle):
    folder, result = needle
    assert "mine:" in result.out
    assert "mine:" in harness("report", "latest", cwd=folder).out
    other = harness("report", "latest", "--name", "other=reference/perfect", cwd=folder)
    assert "other:" in other.out
    assert "mine:" not in other.out


def test_a_name_for_a_model_that_is_not_there_is_refused(needle):
    folder, _ = needle
    result = harness("report", "latest", "--name", "a=reference/prefect", cwd=folder)
    assert result.code == 4
    assert "did you mean 'reference/perfect'?" in result.err


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("short",), "expected NAME=MODEL"),
        (("a=reference/perfect", "a=reference/swap?rate=0.5"), "is given twice"),
        (("a=reference/perfect", "b=reference/perfect"), "is given twice"),
        (("=reference/perfect",), "expected NAME=MODEL"),
    ],
)
def test_names_that_do_not_say_whose_they_are_are_refused(tmp_path, names, expected):
    asked = [part for name in names for part in ("--name", name)]
    result = harness(
        "run", VOICE, "-m", "reference/perfect,reference/swap?rate=0.5", "-w", "2k", *asked,
        "--out", tmp_path,
    )  # fmt: skip
    assert result.code == 4
    assert expected in result.err


def test_an_unknown_scenario_says_which_come_along(tmp_path):
    result = harness("validate", "neddle", cwd=tmp_path)
    assert result.code == 4
    assert "did you mean 'needle'?" in result.err


def test_a_scenario_of_this_folder_goes_before_one_that_comes_along(tmp_path):
    (tmp_path / "scenarios").mkdir()
    own = (SCENARIOS / "needle.yaml").read_text(encoding="utf-8").replace("schema: 1", "schema: 9")
    (tmp_path / "scenarios" / "needle.yaml").write_text(own, encoding="utf-8")
    assert "scenarios/needle.yaml" in harness("validate", "needle", cwd=tmp_path).err


def test_an_example_is_copied_to_be_changed(tmp_path):
    result = harness("init", "--example", "needle", cwd=tmp_path)
    assert result.code == 0
    copy = tmp_path / "scenarios" / "needle.yaml"
    assert copy.read_bytes() == (SCENARIOS / "needle.yaml").read_bytes()


def test_the_examples_are_the_scenarios_of_the_repository(tmp_path):
    listed = harness("init", "--example", "list", cwd=tmp_path).out.split()
    assert listed == sorted(file.stem for file in SCENARIOS.glob("*.yaml")) == list(shipped())


def test_an_unknown_example_names_the_nearest(tmp_path):
    assert "did you mean 'ledger'?" in harness("init", "--example", "ledgr", cwd=tmp_path).err
    both = harness("init", "--example", "ledger", "--from", "x.json", cwd=tmp_path)
    assert "give one of them" in both.err


def test_only_the_facts_that_are_asked_for_are_asked_and_under_the_same_keys(tmp_path):
    keys = {}
    for name, asked in (("all", ()), ("one", ("--facts", "tone"))):
        result = harness(
            "run", VOICE, "-m", "reference/perfect", "-w", "2k", "--seeds", 1, "--fills", "0.1,0.9",
            *asked, "--out", tmp_path / name, "-q",
        )  # fmt: skip
        assert result.code == 0, result.err
        found = records(the_run(tmp_path / name))
        keys[name] = {r["key"]: r["fact"] for r in found}
    assert set(keys["one"].values()) == {"tone"}
    assert keys["one"] == {key: fact for key, fact in keys["all"].items() if fact == "tone"}


def test_a_fact_that_no_scenario_has_is_refused_with_the_nearest(tmp_path):
    result = harness(
        "plan", VOICE, "-m", "reference/perfect", "-w", "2k", "--facts", "tome", cwd=tmp_path
    )
    assert result.code == 4
    assert "--facts 'tome': no scenario has it; did you mean 'tone'?" in result.err


@pytest.mark.parametrize("verb", [run.command, plan.command])
def test_every_option_stands_in_one_group_of_the_help(verb):
    grouped = [name for names in GROUPS.values() for name in names]
    assert len(grouped) == len(set(grouped))
    options = {option.name for option in verb.params if option.param_type_name == "option"}
    assert options <= set(grouped)


def test_the_help_of_a_run_is_in_groups():
    text = harness("run", "--help").out
    titles = [line.rstrip(":") for line in text.splitlines() if line.rstrip(":") in GROUPS]
    assert titles[:3] == ["Whom to ask", "What to ask", "What the application does"]


@pytest.mark.parametrize("plugs", [policies, memories], ids=lambda plugs: plugs.kind)
def test_every_policy_and_memory_that_comes_along_is_named_in_the_help(plugs):
    said = " ".join(harness("run", "--help").out.split())
    for name in plugs.names():
        assert re.search(rf"[ |]{re.escape(name)}[,;?. ]", said), name


def test_the_list_of_verbs_says_of_each_what_its_own_help_says():
    for name, told in _VERBS.items():
        verb = group.get_command(click.Context(group), name)
        assert verb.get_short_help_str(1000) == told, name
