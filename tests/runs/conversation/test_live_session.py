from __future__ import annotations

import json
from itertools import pairwise

import pytest

from harness.runs.folder.reader import sent_messages
from harness.sessions.tokens import TokenCounter
from tests.support.chains import records_of, run_chain, write_chain
from tests.support.command import SCENARIOS, harness, the_run

COUNTER = TokenCounter()


def run(out, *options):
    result = harness(
        "run", SCENARIOS / "brand-voice.yaml", "-m", "reference/perfect", "-w", "4k", "-q",
        "--seeds", 1, "--no-controls", "--out", out, *options,
    )  # fmt: skip
    assert result.code == 0, result.err
    return the_run(out)


def test_a_compaction_is_visible_and_what_was_sent_can_be_shown_again(tmp_path):
    policy = "summarise?budget=150"
    folder = run(tmp_path, "--policy", f"drop_oldest,{policy}", "--fills", "0.3,1.5")
    short = records_of(folder, policy=policy, fill_requested=0.3)
    assert {record["compactions"] for record in short} == {0}
    assert {record["compacted_from"] for record in short} == {None}
    long = records_of(folder, policy=policy, fill_requested=1.5)
    assert all(record["compactions"] >= 1 for record in long)
    for record in long:
        assert record["compacted_to"] < record["compacted_from"] <= 4000
        sent = sent_messages(folder, record)
        assert COUNTER.count(sent) == record["view_tokens"] == record["prompt_tokens"]
        assert sent[0].role == "system"
        assert sent[1].text.startswith("To save room, this stands in place of")
        assert sent[-1].text == record["question"]
        assert record["in_view"] == any(record["expected"][0] in m.text for m in sent)
    dropped = records_of(folder, policy="drop_oldest", fill_requested=1.5)
    summarised = sum(record["score"] for record in long)
    assert summarised > sum(record["score"] for record in dropped)
    lost = [record for record in long if record["score"] == 0]
    assert all(record["outcome"] == "evicted" for record in lost)


def test_the_system_prompt_is_said_again_every_few_turns(tmp_path):
    folder = run(tmp_path, "--policy", "reintroduce?every=4", "--fills", "0.8")
    record = records_of(folder)[-1]
    sent = sent_messages(folder, record)
    again = [i for i, m in enumerate(sent) if m.text.startswith("A reminder of what holds")]
    assert len(again) >= 3
    assert all(second - first >= 10 for first, second in pairwise(again))
    assert sent[0].text in sent[again[0]].text
    assert record["score"] == 1.0


def test_there_must_be_something_to_say_again(tmp_path):
    path = write_chain(tmp_path)
    path.write_text(path.read_text("utf-8").replace("system: You", "# You"), "utf-8")
    result = harness("plan", path, "-m", "reference/perfect", "-w", "4k", "--policy", "reintroduce")
    assert result.code == 4
    assert "policy 'reintroduce' has nothing to say again: scenario 'two-days' has" in result.err


@pytest.fixture(scope="module")
def living(tmp_path_factory):
    """The chain, lived through by a model, under two memories."""
    folder = tmp_path_factory.mktemp("living")
    path = write_chain(folder)
    text = path.read_text("utf-8").replace("    assistant: Good morning.\n", "")
    path.write_text(text, "utf-8")
    return run_chain(
        path, folder / "out", "--memory", "none,summary,retrieval?k=1", "--replies", "live",
        "--seeds", 2,
    )  # fmt: skip


def test_the_replies_of_the_model_become_the_history(living):
    kept = {
        json.loads(line)["text"]
        for line in (living / "writings.jsonl").read_text("utf-8").splitlines()
        if json.loads(line)["purpose"] == "reply"
    }
    for record in records_of(living, arm="main", session_number=1):
        sent = sent_messages(living, record)
        assert record["replies"] == "live"
        replies = [message.text for message in sent if message.role == "assistant"]
        assert replies
        assert set(replies) <= kept
        assert record["preparation_calls"] >= len(replies)
        assert record["preparation_cost_usd"] == 0.0


def test_a_living_session_is_about_as_long_as_it_was_asked_to_be(living):
    for record in records_of(living, arm="main", session_number=2, memory="none"):
        assert record["fill"] == pytest.approx(0.2, abs=0.05)


def test_a_call_that_begins_the_same_is_paid_for_once(living):
    lines = (living / "writings.jsonl").read_text("utf-8").splitlines()
    keys = [json.loads(line)["key"] for line in lines]
    assert len(keys) == len(set(keys))


def test_living_sessions_recall_through_a_summary_and_lose_by_too_few_turns_found(living):
    def across(memory):
        found = records_of(living, arm="main", memory=memory, session_number=3)
        return [record for record in found if record["fact"] in {"tone", "door", "party"}]

    assert {record["lost_at"] for record in across("none")} == {"written"}
    assert {record["score"] for record in across("summary")} == {1.0}
    found = across("retrieval?k=1")
    assert {record["written"] for record in found} == {True}
    assert {record["lost_at"] for record in found} <= {None, "injected"}
    for record in found:
        sent = sent_messages(living, record)
        assert COUNTER.count(sent) == record["view_tokens"]
        assert sent[-3].text.startswith("From our earlier sessions")


def test_a_run_of_living_sessions_goes_on_without_paying_again(living):
    records = (living / "records.jsonl").read_text("utf-8").splitlines()
    written = (living / "writings.jsonl").read_text("utf-8")
    (living / "records.jsonl").write_text("\n".join(records[:8]) + "\n", "utf-8")
    result = harness("run", "--resume", living.name, "-q", "--out", living.parent)
    assert result.code == 0, result.err
    assert (living / "writings.jsonl").read_text("utf-8") == written
    old = {json.loads(line)["key"]: json.loads(line)["trunk"] for line in records}
    assert {record["key"]: record["trunk"] for record in records_of(living)} == old


def test_replies_cannot_change_in_a_run_that_goes_on(living):
    result = harness(
        "run", "--resume", living.name, "--replies", "scripted", "--out", living.parent
    )
    assert result.code == 4
    assert "--replies cannot change in a run that is resumed" in result.err
