"""`harness baseline` and `harness check`, from run to verdict."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest

from harness.runs.folder.find import runs
from tests.support.command import harness
from tests.support.small import small

RUN = ("-w", "1k", "--seeds", "12", "--no-controls", "-q")
STEADY = "reference/perfect"
FORGETFUL = "reference/window?tokens=300"


def run(folder, model=STEADY, *more):
    """A run, and its folder."""
    done = harness("run", "small.yaml", "-m", model, *RUN, *more, cwd=folder)
    assert done.code == 0, done.err
    return runs(folder / "results")[-1]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A blessed run, and one that forgets."""
    folder = tmp_path_factory.mktemp("check")
    small(folder)
    done = harness(
        "baseline", "bless", run(folder, STEADY, "--repeats", "5").name, "main", cwd=folder
    )
    assert (done.code, done.out) == (0, "results/baselines/main.jsonl\n"), done.err
    run(folder, FORGETFUL)
    return folder


def check(folder, *args):
    margin = () if "--margin" in args else ("--margin", "0.1")
    return harness("check", *args, *margin, cwd=folder)


def test_a_blessed_run_is_listed_shown_and_passes_against_itself(project):
    listed = harness("baseline", "ls", cwd=project)
    assert "main  " in listed.out
    assert "trials x 5  recall 100.0 %  small  reference/perfect" in listed.out
    shown = harness("baseline", "show", "main", cwd=project)
    assert "scenario small" in shown.out
    assert "small, reference/perfect, 1,000 tokens, send_all, growing: " in shown.out
    first = runs(project / "results")[0]
    done = check(project, first.name, "--baseline", "main")
    assert done.code == 0, done.out + done.err
    assert "PASS: no drop of 10 points: recall stayed the same" in done.out


def test_blessing_one_repeat_comes_with_advice(project):
    done = harness("baseline", "bless", "latest", "once", cwd=project)
    assert done.code == 0
    assert "advice: bless a run of --repeats 5" in done.err
    (project / "results/baselines/once.jsonl").unlink()


def test_a_drop_is_asked_for_again_and_fails(project):
    done = check(project, "latest", "--baseline", "main")
    assert done.code == 1
    assert "asking the same questions again: a drop" in done.err
    assert "a second look confirms it: recall fell by" in " ".join(done.out.split())
    looks = list((project / "results/second-looks").glob("*/records.jsonl"))
    assert len(looks) == 1
    fresh = [json.loads(line) for line in looks[0].read_text().splitlines()]
    assert {record["repeat"] for record in fresh} == {1}
    assert {record["arm"] for record in fresh} == {"main"}


def test_no_confirm_decides_on_one_look_and_says_so(project):
    done = check(project, "latest", "--baseline", "main", "--no-confirm")
    assert done.code == 1
    assert "no second look: --no-confirm" in " ".join(done.out.split())


def test_a_wider_margin_lets_it_pass(project):
    done = check(
        project, "latest", "--baseline", "main", "--margin", "0.9", "--onset-margin", "0.9"
    )
    assert done.code == 0
    assert "PASS: no drop of 90 points" in done.out


def test_the_outputs_say_the_same(project, monkeypatch):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(project / "summary.md"))
    outputs = [arg for name in ("c.md", "c.xml", "c.json", "c.txt") for arg in ("-o", name)]
    done = check(project, "latest", "--baseline", "main", "--no-confirm", *outputs)
    assert done.code == 1
    assert (project / "c.txt").read_text() == done.out
    markdown = (project / "c.md").read_text()
    assert markdown == (project / "summary.md").read_text()
    assert markdown.startswith("### ❌ Recall: fail\n")
    assert "| recall | reference/window?tokens=300, 1,000 tokens | fail |" in markdown
    assert "server\\_truncated" in markdown
    data = json.loads((project / "c.json").read_text())
    assert (data["schema"], data["verdict"], data["rule"]["margin"]) == (1, "fail", 0.1)
    suite = ET.parse(project / "c.xml").getroot().find("testsuite")  # noqa: S314 -- just written
    assert suite.get("failures") == str(sum(t["verdict"] == "fail" for t in data["tests"]))
    assert {p.get("name"): p.get("value") for p in suite.iter("property")}["verdict"] == "fail"


def test_what_nobody_can_tell_is_as_the_user_says(project):
    first = runs(project / "results")[0].name
    args = (first, "--baseline", "main", "--margin", "0.005")
    codes = {
        choice: check(project, *args, "--on-inconclusive", choice)
        for choice in ("pass", "warn", "fail")
    }
    assert {choice: done.code for choice, done in codes.items()} == {
        "pass": 0, "warn": 0, "fail": 1,
    }  # fmt: skip
    assert "more seeds for a 0.5 point drop" in " ".join(codes["fail"].out.split())
    assert "warning: inconclusive" in codes["warn"].err
    assert "warning" not in codes["pass"].err
    strict = check(
        project, *args, "--on-inconclusive", "pass", "--power", "0.99", "--alpha", "0.01"
    )
    assert strict.code == 0


def test_diff_tells_trials_apart(project):
    done = harness("baseline", "diff", "main", "latest", cwd=project)
    assert done.code == 0
    assert "model: reference/window?tokens=300; the baseline has reference/perfect" in done.out
    assert "recalled -> server_truncated" in done.out
    same = harness("baseline", "diff", "main", "main", cwd=project)
    assert "0 lower, 0 higher" in same.out


def test_the_same_prompt_against_itself_asks_for_the_repeats_it_lacks(project):
    done = check(project, "latest", "--a-a")
    assert done.code == 0, done.err
    assert "4 more repeats, to set them against each other" in done.err
    assert "this gate, confirmed by a second look" in done.out
    first = runs(project / "results")[0].name
    assert check(project, first, "--a-a", "--no-confirm").code == 0
    refused = check(project, "latest", "--a-a", "--no-confirm")
    assert (refused.code, "one answer a trial" in refused.err) == (4, True)


def test_a_cassette_has_no_second_look(project):
    answers = ("--cassette", "c.jsonl")
    run(project, FORGETFUL, *answers, "--record")
    replayed = run(project, FORGETFUL, *answers, "--replay")
    done = check(project, replayed.name, "--baseline", "main")
    assert done.code == 1
    assert "no second look: the answers come from a cassette" in " ".join(done.out.split())
    assert "asking" not in done.err


def test_a_changed_scenario_is_never_compared(project, tmp_path):
    (project / "other").mkdir()
    small(project / "other", **{"The visitor on Friday is": "Our guest on Friday is"})
    folder = project / "other"
    other = run(folder)
    done = check(project, other, "--baseline", "main")
    assert done.code == 4
    assert "baseline 'main' is of another version of scenario 'small'" in done.err
    told = harness("baseline", "diff", "main", other, cwd=project)
    assert "scenario 'small' is another version" in told.out
    assert harness("baseline", "bless", other, "other", cwd=project).code == 0


def test_a_changed_prompt_is_what_is_tested_and_is_said(project, tmp_path):
    (tmp_path / "v2.txt").write_text("Be brief.")
    changed = run(project, STEADY, "--system-prompt", tmp_path / "v2.txt")
    done = check(project, changed.name, "--baseline", "main")
    assert done.code == 0, done.out + done.err
    assert "scenario 'small' has another system prompt" in " ".join(done.out.split())


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("latest",), "check against what? give --baseline NAME"),
        (("latest", "--baseline", "mian"), "unknown baseline 'mian': did you mean 'main'?"),
        (("nope", "--baseline", "main"), "unknown run 'nope'"),
        (("latest", "--baseline", "main", "-o", "x.pdf"), "no check ends in '.pdf'"),
        (("latest", "--baseline", "main", "-o", "no/x.md"), "the folder 'no' does not exist"),
        (("latest", "--baseline", "main", "--margin", "5"), "5.0 is not in the range"),
        (("latest", "--baseline", "main", "--alpha", "0.6"), "alpha is 0.6, expected a fraction"),
    ],
)
def test_bad_input_is_one_sentence(project, args, message):
    done = check(project, *args)
    assert done.code == 4
    assert message in done.err
    assert "Traceback" not in done.err


def test_a_run_that_cannot_be_asked_again_says_what_to_do(project, tmp_path):
    small(tmp_path)
    forgetful = run(tmp_path, FORGETFUL)
    small(tmp_path, **{"The visitor on Friday is": "Our guest on Friday is"})
    blessed = project / "results/baselines/main.jsonl"
    done = check(tmp_path, forgetful, "--baseline", blessed)
    assert done.code == 4
    assert "the same questions cannot be asked again; bring the file back" in done.err


def test_runs_that_are_no_baseline_are_refused(project, tmp_path):
    small(tmp_path)
    folder = run(tmp_path)
    config = json.loads((folder / "run.json").read_text())
    for change, message in (
        ({"adaptive": {"half_width": 0.1}}, "is an adaptive run"),
        (
            {"scenarios": [{"name": "small", "path": "x", "identity": "y"}]},
            "was made by an older harness",
        ),
    ):
        (folder / "run.json").write_text(json.dumps(config | change))
        done = harness("baseline", "bless", folder, "x", cwd=tmp_path)
        assert (done.code, message in done.err) == (4, True), done.err
    (folder / "run.json").write_text(json.dumps(config))
    (folder / "records.jsonl").write_text("")
    assert harness("baseline", "bless", folder, "x", cwd=tmp_path).code == 5
