"""Rules on live replies: records of their own kind, found again by the drift estimate."""

from __future__ import annotations

import json

import pytest

from harness.analysis.records import read_records
from harness.analysis.summary.build import summarise
from harness.core.study import Study
from harness.reports.markdown import markdown
from harness.reports.terminal import terminal
from harness.runs.run import run
from harness.scenarios import load
from tests.support.command import harness

HOUSE = """\
schema: 1
name: house
system: You are a copywriter.
facts:
  - id: door
    say: "The code for the side door of the office is {value}."
    values: {generate: code}
    ask: "What is the code for the side door of the office? Reply with the code only."
  - id: bans
    kind: set
    say: "The art director banned a word from the leaflet, and it is {value}."
    values: {generate: word}
    ask: "What are all the words banned from the leaflet by the art director?"
rules:
  - id: short
    say: "Never write more than 12 words in a sentence."
    check: {max_sentence_words: 12}
  - id: opening
    say: "Start every reply with 'Aye.'"
    check: {starts_with: "Aye."}
"""
SCRIPT = """\
script:
  - {plant: door}
  - {filler: 1}
  - {rule: opening}
  - {filler: 1}
  - {plant: bans}
  - {plant: bans}
  - {plant: bans}
  - {probe: door}
  - {probe: bans}
fills: [0.6]
"""


def live(tmp_path, text, model, *, window="2k", seeds=6, **changes):
    path = tmp_path / "house.yaml"
    path.write_text(text, encoding="utf-8")
    study = Study(
        scenarios=(load(path),),
        models=(model,),
        windows=(window,),
        seeds=seeds,
        replies="live",
        controls=False,
        **changes,
    )
    return run(study, out=tmp_path / "runs")


def records(folder):
    lines = (folder / "records.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def drifted(tmp_path_factory):
    model = "reference/drifting?onset=0.6&limit=2000"
    return live(tmp_path_factory.mktemp("drift"), HOUSE, model)


def test_each_rule_has_a_record_for_each_live_reply_and_none_counts_as_a_trial(drifted):
    found = records(drifted.folder)
    rules = [record for record in found if record["probe_kind"] == "rule"]
    assert len(found) - len(rules) == drifted.planned == drifted.recorded
    per_rule = {name: [r for r in rules if r["fact"] == name] for name in ("short", "opening")}
    assert len(per_rule["short"]) == len(per_rule["opening"]) > 100
    assert len({record["key"] for record in found}) == len(found)
    for record in rules:
        assert record["outcome"] == ("kept" if record["score"] else "broken")
        assert record["fill"] == pytest.approx(record["prompt_tokens"] / 2000, abs=1e-6)
        assert (record["position"], record["in_view"]) == (0.0, True)
        assert record["score"] == (1.0 if record["fill"] < 0.6 else record["score"])


def test_the_onset_of_the_drift_is_found_within_its_interval(drifted):
    (found,) = summarise(read_records(drifted.folder)).adherence
    truth = 0.6 + 0.05 / 4  # where the law has fallen by the criterion
    assert found.onset.detected
    assert found.onset.lo - 1e-9 <= truth <= found.onset.hi + 1e-9
    assert found.onset.hi - found.onset.lo < 0.15
    assert found.n_unseen == found.n_untold == 0
    assert {rule.rule for rule in found.rules} == {"short", "opening"}


def test_rules_do_not_move_recall_and_recall_does_not_move_them(drifted):
    frame = read_records(drifted.folder)
    (group,) = summarise(frame).groups
    recalled = [r for r in records(drifted.folder) if r["probe_kind"] != "rule"]
    assert group.n_probes == len([r for r in recalled if r["score"] is not None])
    assert group.onset.onset is None, "no forgetting is made of broken rules"


def test_the_tail_of_a_session_is_told_worse_when_the_model_drifts(drifted):
    (found,) = summarise(read_records(drifted.folder)).adherence
    rules, sets = found.tails
    assert (rules.what, rules.n_sessions) == ("adherence", 6)
    assert rules.start == 1.0
    assert rules.hi < 0
    assert sets.effect == 0.0
    assert sets.lo <= 0 <= sets.hi


def test_the_reports_say_where_drift_begins(drifted):
    summary = summarise(read_records(drifted.folder))
    told = terminal(summary)
    assert "drift begins at" in told
    assert "adherence: the last third of a session is worse than its start" in " ".join(
        told.split()
    )
    assert all(len(line) <= 80 for line in told.splitlines())
    page = markdown(summary)
    assert "## Standing rules" in page
    assert "| opening |" in page


def test_a_rule_record_can_be_shown_again_as_it_was_sent(drifted):
    record = next(r for r in records(drifted.folder) if r["probe_kind"] == "rule" and r["turn"] > 3)
    shown = harness("show", drifted.folder, record["key"], "--messages")
    assert shown.code == 0, shown.err
    assert "Start every reply with 'Aye.'" in shown.out
    assert record["question"] in shown.out


def test_a_rule_is_checked_only_after_the_step_that_gives_it(tmp_path):
    result = live(tmp_path, HOUSE + SCRIPT, "reference/drifting?onset=0.9&limit=2000", seeds=1)
    rules = [r for r in records(result.folder) if r["probe_kind"] == "rule"]
    opening = [r for r in rules if r["fact"] == "opening"]
    short = [r for r in rules if r["fact"] == "short"]
    assert 0 < len(opening) < len(short)
    assert {r["score"] for r in opening} == {1.0}
    assert min(r["turn"] for r in opening) > 1
    assert all(0 < r["position"] <= 1 for r in opening)


def test_a_rule_that_was_dropped_from_the_view_is_evicted_and_no_drift(tmp_path):
    first = SCRIPT.replace("  - {rule: opening}\n", "").replace("[0.6]", "[1.6]")
    first = first.replace("script:\n", "script:\n  - {rule: opening}\n")
    text = HOUSE + first
    result = live(
        tmp_path,
        text,
        "reference/drifting?onset=9&limit=2000",
        seeds=1,
        policies=("drop_oldest",),
    )
    rules = [r for r in records(result.folder) if r["probe_kind"] == "rule"]
    gone = [r for r in rules if not r["in_view"]]
    assert gone
    assert {r["fact"] for r in gone} == {"opening"}
    assert {r["outcome"] for r in gone if not r["score"]} == {"evicted"}
    assert any(not r["score"] for r in gone)
    (found,) = summarise(read_records(result.folder)).adherence
    assert found.n_unseen == len(gone)
    assert found.share.recall == 1.0


def test_a_run_that_goes_on_checks_no_reply_twice(tmp_path):
    result = live(tmp_path, HOUSE + SCRIPT, "reference/drifting?limit=2000", seeds=1)
    path = result.folder / "records.jsonl"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in lines if '"probe_kind":"rule"' in line.replace(": ", ":")]
    path.write_text("".join(kept), encoding="utf-8")
    study = Study(
        scenarios=(load(tmp_path / "house.yaml"),),
        models=("reference/drifting?limit=2000",),
        windows=("2k",),
        seeds=1,
        replies="live",
        controls=False,
    )
    again = run(study, out=tmp_path / "runs", resume=result.folder)
    assert again.complete
    keys = [record["key"] for record in records(result.folder)]
    assert len(keys) == len(set(keys)) == len(lines)
