"""Each mistake of a user: one clear sentence, exit code 4, no traceback, nothing half-written."""

from __future__ import annotations

import pytest

from tests.support.command import SCENARIOS, harness

GOOD = """\
schema: 1
name: mine
facts:
  - id: tone
    say: "The tone of the leaflet has to be {value}."
    values: ["dry", "tender", "exuberant"]
    ask: "Which tone does the leaflet have to have?"
fills: 4
"""
RUN = ("-m", "reference/perfect", "-w", "4k")


def run(tmp_path, text, *args, seeds=1):
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    result = harness("run", file, *(args or RUN), "--seeds", seeds, "--out", tmp_path / "out")
    assert "Traceback" not in result.err
    assert not list((tmp_path / "out").glob("*"))
    return result


@pytest.mark.parametrize(
    ("old", "new", "place", "says"),
    [
        ("fills: 4", "filsl: 4", "8:1", "did you mean 'fills'"),
        ("fills: 4", "name: again", "8:1", "twice"),
        ('"dry"', "no", "6:14", "put it in quotes"),
        ('"dry"', "0123", "6:14", "put it in quotes"),
        ('"dry"', "12:30", "6:14", "put it in quotes"),
        ("fills: 4", "positions: [1.2]", "8:13", "1.2"),
        (
            "fills: 4",
            "script:\n  - plant: tome\n  - probe: tone",
            "9:12",
            "did you mean 'tone'",
        ),
        ("fills: 4", "depth: 0.5", "8:1", "position"),
    ],
)
def test_a_mistake_in_a_scenario_is_told_with_file_line_and_column(tmp_path, old, new, place, says):
    result = run(tmp_path, GOOD.replace(old, new))
    assert result.code == 4
    assert f"mine.yaml:{place}: " in result.err
    assert says in result.err
    checked = harness("validate", tmp_path / "mine.yaml")
    assert checked.code == 4
    assert f"mine.yaml:{place}: " in checked.err


def test_more_seeds_than_values_is_told_with_the_facts_line(tmp_path):
    result = run(tmp_path, GOOD.replace('["dry", "tender", "exuberant"]', '["dry"]'), seeds=3)
    assert result.code == 4
    assert "mine.yaml:4:" in result.err
    assert "1 value" in result.err
    assert "3 seeds" in result.err


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("-m", "reference/perfect", "-w", "150"), "a window of 150 tokens is too small"),
        (("-m", "reference/perfect", "-w", "100"), "leaves nothing for the session"),
        (("-m", "reference/perfekt", "-w", "4k"), "did you mean 'perfect'"),
        (("-m", "reference/fading?onst=1", "-w", "4k"), "did you mean 'onset'"),
        (("-m", "reference/perfect", "-w", "soon"), "expected tokens such as 8000, 8k, 1m, or max"),
        (("-m", "no-such/model", "-w", "max"), "is not known: give -w in tokens"),
        (("-m", "a,a", "-w", "4k"), "model 'a' is given twice"),
        ((*RUN, "--positions", "1.5"), "position '1.5': expected a number from 0 to 1"),
        ((*RUN, "--fills", "0"), "fill '0': an empty session holds no fact"),
        ((*RUN, "--fills", "half"), "fill 'half': expected a number from 0 to 8"),
        ((*RUN, "--policy", "drop_newest"), "unknown policy 'drop_newest'"),
        ((*RUN, "--memory", "notes"), "unknown memory 'notes'"),
        ((*RUN, "-M", "temperature"), "-M 'temperature': expected key=value"),
        ((*RUN, "-M", "a=1", "-M", "a=2"), "-M a is given twice"),
        ((*RUN, "--repeats", "0"), "expected at least 1"),
        ((*RUN, "--filler", "workdya"), "did you mean 'workday'"),
        ((*RUN, "--filler", "none.jsonl"), "none.jsonl"),
        (("-w", "4k"), "no model given: use -m"),
        (("--nonsense",), "No such option"),
    ],
)
def test_a_mistake_on_the_command_line_is_one_clear_sentence(tmp_path, args, says):
    result = run(tmp_path, GOOD, *args)
    assert result.code == 4
    assert result.err.startswith("harness: ")
    assert says in result.err


def test_a_filler_file_with_a_broken_line_is_told_with_its_line(tmp_path):
    chats = tmp_path / "chats.jsonl"
    chats.write_text('{"messages": []}\n{"messages": [oops]}\n')
    result = run(tmp_path, GOOD, *RUN, "--filler", chats)
    assert result.code == 4
    assert "chats.jsonl:2" in result.err


def test_too_little_filler_is_told_in_tokens_before_anything_is_sent(tmp_path):
    chats = tmp_path / "chats.jsonl"
    chats.write_text(
        '{"messages": [{"role": "user", "content": "Hello"},'
        ' {"role": "assistant", "content": "Hi."}]}\n'
    )
    result = run(tmp_path, GOOD, *RUN, "--filler", chats)
    assert result.code == 4
    assert "tokens are missing" in result.err


def test_an_unknown_verb_and_an_unknown_run_name_the_nearest(tmp_path):
    assert "did you mean 'report'" in harness("repotr").err
    assert harness("repotr").code == 4
    assert harness("report", "latest", "--out", tmp_path).code == 4
    assert "there are no runs" in harness("report", "latest", "--out", tmp_path).err


def test_no_scenario_is_exit_code_5(tmp_path):
    result = harness("run", tmp_path, *RUN)
    assert result.code == 5


def test_every_problem_of_a_file_is_told_at_once(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(GOOD.replace("fills: 4", "filsl: 4\npositions: [7]"))
    result = harness("validate", file)
    assert len(result.err.splitlines()) == 2


def test_the_shipped_scenarios_are_valid():
    result = harness("validate", SCENARIOS)
    assert result.code == 0
    assert len(result.out.splitlines()) == len(list(SCENARIOS.glob("*.yaml"))) >= 10
