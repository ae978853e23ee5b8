"""Facts and rules through compactions whose loss a round is known, and through cleared results."""

from __future__ import annotations

import re

import pytest

from harness.analysis.records import read_runs
from harness.analysis.summary.build import summarise
from harness.models.reference import laws
from harness.runs.folder.reader import sent_messages
from tests.support.bland import bland
from tests.support.chains import records_of
from tests.support.command import harness, the_run

COMPACTOR = "summarise?budget=500&keep=0.2&writer=reference/compactor?{law}%26limit=99999"


def run(folder, policy, *options, path=None, model="reference/perfect"):
    path = path or bland(folder)
    result = harness(
        "run", path, "-m", model, "-w", "2k", "-q", "--no-controls", "--policy", policy,
        "--out", folder / "out", *options,
    )  # fmt: skip
    assert result.code == 0, result.err
    return the_run(folder / "out")


def survival(folder, what="facts"):
    (found,) = [one for one in summarise(read_runs(str(folder))).survival if one.what == what]
    return found


@pytest.fixture(scope="module")
def compacted(tmp_path_factory):
    """Eight sessions that lose a tenth of what is said a round, and garble another."""
    folder = tmp_path_factory.mktemp("compacted")
    policy = COMPACTOR.format(law="loss=0.1%26garble=0.1")
    return run(folder, policy, "--seeds", 8)


def test_the_loss_a_round_is_read_back_within_its_interval(compacted):
    found = survival(compacted)
    law = laws.resolve("compactor?loss=0.1&garble=0.1")
    assert found.loss.lo < 1 - law.survival(1) < found.loss.hi
    assert found.loss.hi - found.loss.lo < 0.2
    assert found.half_life_lo < 3.106 < found.half_life_hi
    assert max(one.round for one in found.rounds) >= 8
    inside = [one.kept.lo <= law.survival(one.round) <= one.kept.hi for one in found.rounds]
    assert sum(inside) >= len(inside) - 1
    assert found.rounds[0].kept.recall == 1.0
    assert found.cliff is None


def test_each_loss_has_its_door_and_is_none_of_the_models(compacted):
    missed = [record for record in records_of(compacted) if record["score"] == 0]
    assert {record["compaction_loss"] for record in missed} == {"left_out", "garbled"}
    assert {record["outcome"] for record in missed} == {"evicted"}
    assert all(record["rounds_kept"] < record["rounds"] for record in missed)
    doors = {door.name: door.n for door in survival(compacted).doors}
    assert sum(doors.values()) == len(missed)
    # a fact that was garbled may be left out later, and never the other way
    assert doors["left_out"] > doors["garbled"] > 0


def test_the_rounds_of_a_record_are_those_that_the_messages_show(compacted):
    for record in records_of(compacted)[::20]:
        sent = sent_messages(compacted, record)
        value = record["expected"][0]
        held = any(value in message.text for message in sent[:-1])
        assert held == (record["rounds"] == record["rounds_kept"]) == record["in_view"]
        if record["rounds"]:
            assert record["compactions"] >= record["rounds"]
            assert sent[1].text.startswith("To save room")
            assert f"Summary no. {record['compactions']}." in sent[1].text


def test_every_form_of_the_report_tells_of_rounds(compacted, tmp_path):
    outputs = [tmp_path / f"report.{suffix}" for suffix in ("md", "json", "html")]
    flags = [part for output in outputs for part in ("-o", output)]
    result = harness("report", compacted, "--out", compacted.parent, *flags)
    assert result.code == 0, result.err
    terminal = harness("report", compacted, "--out", compacted.parent).out
    assert all(len(line) <= 80 for line in terminal.splitlines())
    for text in (terminal, *(output.read_text("utf-8") for output in outputs)):
        plain = " ".join(text.split())
        assert "a round loses" in plain or '"half_life"' in plain
        assert "left out of the summary (compaction)" in plain or '"left_out"' in plain
    # the summaries themselves are to be read on the page
    assert re.search(r"Summary no\. \d+\.", outputs[-1].read_text("utf-8"))


@pytest.mark.parametrize(("law", "share"), [("luck=0", 0.0), ("luck=1", 1.0)])
def test_repeats_tell_the_writers_luck_from_the_method(tmp_path, law, share):
    path = bland(tmp_path, fills="[2]")
    policy = COMPACTOR.format(law=f"loss=0.2%26{law}")
    found = survival(run(tmp_path, policy, "--seeds", 5, "--repeats", 2, path=path))
    assert found.n_repeats == 2
    assert found.luck_lo <= share <= found.luck_hi
    assert abs(found.luck - share) < 0.45


def test_what_clearing_removed_is_evicted_and_never_the_models_loss(tmp_path):
    path = bland(tmp_path, fills="[1]", keys="said_in: [user, tool_result]")
    folder = run(tmp_path, "clear_tool_results?keep=1&at=0", "--seeds", 4, path=path)
    found = records_of(folder)
    lost = [record for record in found if record["score"] == 0]
    assert {record["compaction_loss"] for record in lost} == {"cleared"}
    assert {record["outcome"] for record in lost} == {"evicted"}
    assert {record["said_in"] for record in lost} == {"tool_result"}
    told = [record for record in found if record["said_in"] == "tool_result"]
    kept = [record for record in told if record["score"] == 1]
    assert len(kept) == 4  # the newest result of each session
    for record in lost:
        sent = sent_messages(folder, record)
        results = [message.text for message in sent if message.role == "tool"]
        assert record["expected"][0] not in " ".join(results)
        assert sum("was cleared to save room" in text for text in results) == len(results) - 1


def test_a_summary_is_written_of_what_clearing_left(tmp_path):
    path = bland(tmp_path, fills="[3]", keys="said_in: [user, tool_result]")
    policy = "clear_tool_results?keep=0&at=0.1|" + COMPACTOR.format(law="loss=0")
    folder = run(tmp_path, policy, "--seeds", 3, path=path)
    doors = {(r["said_in"], r["compaction_loss"], r["score"]) for r in records_of(folder)}
    assert doors == {("user", None, 1.0), ("tool_result", "cleared", 0.0)}


RULES = """schema: 1
name: rules
system: You are the clerk of a depot.
facts:
  - id: door
    say: "The code for the side door is {value}."
    values: {generate: code}
    ask: "What is the code for the side door? Reply with the code only."
rules:
  - id: short
    say: "Never write more than 12 words in one sentence."
    check: {max_sentence_words: 12}
  - {id: list, say: "Never answer any question about depots as a list.", check: no_list}
filler: {file: chats.jsonl, repeat: true}
fills: [2]
script:
  - rule: short
  - plant: door
  - filler: 1
  - rule: list
  - filler: 3
  - probe: door
"""


def test_rules_go_through_rounds_by_the_same_estimator(tmp_path):
    path = bland(tmp_path)
    path.write_text(RULES, "utf-8")
    policy = COMPACTOR.format(law="loss=0.25")
    options = ("--seeds", 3, "--replies", "live")
    folder = run(tmp_path, policy, *options, path=path, model="reference/drifting?onset=9")
    found = survival(folder, "rules")
    assert found.n == 6
    assert max(one.round for one in found.rounds) >= 2
    assert found.loss.lo < 0.25 < found.loss.hi
    for record in records_of(folder, probe_kind="rule"):
        if record["rounds"]:
            assert record["in_view"] == (record["rounds"] == record["rounds_kept"])


def test_what_the_assistant_says_cannot_be_said_by_a_live_model(tmp_path):
    path = bland(tmp_path, fills="[1]", keys="said_in: [user, assistant]")
    result = harness("plan", path, "-m", "reference/perfect", "-w", "2k", "--replies", "live")
    assert result.code == 4
    assert (
        "fact 'staging' is said by the assistant ('said_in'), and with --replies live" in result.err
    )
