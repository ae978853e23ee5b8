from __future__ import annotations

import json
from collections import Counter

import pytest

from harness.core.messages import Message
from harness.runs.folder.reader import sent_messages
from harness.scoring.holds import holds
from harness.sessions.tokens import TokenCounter
from tests.support.chains import records_of, run_chain, write_chain
from tests.support.command import SCENARIOS, harness, the_run


@pytest.fixture(scope="module")
def treated(tmp_path_factory):
    """One run of the chain under three memories."""
    folder = tmp_path_factory.mktemp("treated")
    memories = "none,transcript,facts?budget=120"
    return run_chain(write_chain(folder), folder / "out", "--memory", memories, "--seeds", 4)


ACROSS = ("tone", "door", "party")


def across(folder, memory):
    found = records_of(folder, arm="main", memory=memory, session_number=3)
    return [record for record in found if record["fact"] in ACROSS]


def test_without_a_memory_nothing_crosses_and_nothing_was_written(treated):
    found = across(treated, "none")
    assert len(found) == 12
    assert {record["score"] for record in found} == {0.0}
    assert {record["outcome"] for record in found} == {"lost_in_memory"}
    assert {record["lost_at"] for record in found} == {"written"}
    assert {record["planted_session"] for record in found} == {1, 2}


def test_a_transcript_carries_everything(treated):
    found = across(treated, "transcript")
    assert {record["outcome"] for record in found} == {"recalled"}
    assert {(r["written"], r["injected"], r["lost_at"]) for r in found} == {(True, True, None)}


def test_facts_recall_what_their_store_holds_and_no_more(treated):
    found = across(treated, "facts?budget=120")
    assert {record["lost_at"] for record in found} >= {None}
    for record in found:
        lines = (treated / record["store"]).read_text("utf-8").splitlines()
        store = [json.loads(line) for line in lines]
        assert store[0]["memory"] == "facts?budget=120"
        last = "\n".join(store[-1]["injected"].splitlines())
        assert (record["score"] == 1.0) == (record["expected"][0] in last)
        assert record["injected"] == (record["score"] == 1.0)


def test_sessions_that_carry_no_memory_are_run_once(treated):
    first = records_of(treated, arm="main", session_number=1)
    assert {record["memory"] for record in first} == {"none"}
    assert len(first) == 4


def test_the_controls_of_a_chain_are_at_the_floor(treated):
    arms = Counter(record["arm"] for record in records_of(treated))
    assert arms["nothing_carried"] == 12
    untold = records_of(treated, arm="nothing_carried")
    assert {record["outcome"] for record in untold} == {"abstained"}
    assert {record["lost_at"] for record in untold} == {None}


def test_exactly_what_was_sent_can_be_shown_again(treated):
    counter = TokenCounter()
    for record in records_of(treated, arm="main"):
        sent = sent_messages(treated, record)
        assert counter.count(sent) == record["view_tokens"] == record["prompt_tokens"]
        assert sent[-1] == Message("user", record["question"])


def test_nothing_of_an_earlier_session_is_sent_unless_a_treatment_carried_it(treated):
    for record in across(treated, "none"):
        sent = "\n".join(message.text for message in sent_messages(treated, record))
        assert "brand voice has to be" not in sent
        assert record["expected"][0] not in sent


def test_a_chain_that_carries_nothing_has_no_system_prompt_either(tmp_path):
    folder = run_chain(write_chain(tmp_path, "nothing"), tmp_path / "out", "--seeds", 1)
    (record, *_) = records_of(folder, arm="main", session_number=3)
    assert [message.role for message in sent_messages(folder, record)] == ["user"]
    assert {r["lost_at"] for r in across(folder, "none")} == {"written"}


def test_a_transcript_may_be_carried_without_any_memory(tmp_path):
    path = write_chain(tmp_path, "[system, transcript]")
    folder = run_chain(path, tmp_path / "out", "--seeds", 1)
    assert {record["outcome"] for record in across(folder, "none")} == {"recalled"}


def test_a_run_that_goes_on_pays_for_no_note_twice(tmp_path):
    path = write_chain(tmp_path)
    folder = run_chain(path, tmp_path / "out", "--memory", "facts", "--seeds", 2)
    records = (folder / "records.jsonl").read_text("utf-8").splitlines()
    written = (folder / "writings.jsonl").read_text("utf-8")
    assert written.count("\n") == 4
    (folder / "records.jsonl").write_text("\n".join(records[:5]) + "\n", "utf-8")
    (folder / "writings.jsonl").write_text(written + '{"key": "torn', "utf-8")
    result = harness("run", "--resume", "latest", "-q", "--out", tmp_path / "out")
    assert result.code == 0, result.err
    assert (folder / "writings.jsonl").read_text("utf-8") == written
    again = records_of(folder)
    assert Counter(r["outcome"] for r in again) == Counter(
        json.loads(line)["outcome"] for line in records
    )


def test_a_store_that_cannot_be_written_stops_the_run_and_it_can_go_on(tmp_path):
    path = write_chain(tmp_path)
    folder = run_chain(path, tmp_path / "out", "--memory", "facts", "--seeds", 1)
    (folder / "records.jsonl").write_text("", "utf-8")
    for store in (folder / "memories").iterdir():
        store.unlink()
    (folder / "memories").rmdir()
    (folder / "memories").write_text("in the way", "utf-8")
    result = harness("run", "--resume", "latest", "-q", "--out", tmp_path / "out")
    assert result.code == 4
    assert "cannot write" in result.err
    assert f"go on with: harness run --resume {folder.name}" in result.err
    (folder / "memories").unlink()
    assert harness("run", "--resume", "latest", "-q", "--out", tmp_path / "out").code == 0
    assert len(across(folder, "facts")) == 3


def test_a_memory_that_returns_more_than_the_window_is_an_overflow_that_names_it(tmp_path):
    path = write_chain(tmp_path, fills="[1.2]")
    result = harness(
        "run", path, "-m", "reference/perfect", "-w", "4k", "--memory", "transcript", "--seeds", 1,
        "--no-controls", "-q", "--out", tmp_path / "out",
    )  # fmt: skip
    assert result.code == 0, result.err
    folder = next((tmp_path / "out").iterdir())
    found = records_of(folder, session_number=3, memory="transcript")
    assert {record["status"] for record in found} == {"overflow"}
    assert {record["score"] for record in found} == {None}
    assert found[0]["error"].startswith("not sent: memory 'transcript' gave back ")
    assert "a window of 4000 leaves 3872" in found[0]["error"]


@pytest.mark.parametrize(
    ("memory", "problem"),
    [
        ("facts?budget=9000", "memory 'facts?budget=9000' may give back 9000 tokens, and a window"),
        ("facts?budget=0", "budget is 0; expected 1 or more"),
        ("fatcs", "unknown memory 'fatcs': did you mean 'facts'?"),
        ("json:JSONDecoder", "memory 'json:JSONDecoder' has no method 'open'"),
    ],
)
def test_a_memory_that_cannot_work_is_refused_before_anything_is_sent(tmp_path, memory, problem):
    path = write_chain(tmp_path)
    result = harness("run", path, "-m", "reference/perfect", "-w", "4k", "--memory", memory)
    assert result.code == 4
    assert problem in result.err


def test_a_memory_without_a_boundary_has_nothing_to_do(tmp_path):
    path = write_chain(tmp_path, "[system]")
    result = harness("plan", path, "-m", "reference/perfect", "-w", "4k", "--memory", "facts")
    assert result.code == 4
    assert "memory 'facts' has nothing to do: no scenario has a step such as" in result.err


def test_a_turn_without_an_answer_needs_live_replies(tmp_path):
    path = write_chain(tmp_path)
    path.write_text(path.read_text("utf-8").replace("    assistant: Good morning.\n", ""), "utf-8")
    result = harness("plan", path, "-m", "reference/perfect", "-w", "4k")
    assert result.code == 4
    assert "step 7 of the script has no 'assistant'" in result.err


def test_a_note_taker_that_leaves_out_a_share_is_read_back_as_never_written(tmp_path):
    path = write_chain(tmp_path)
    folder = run_chain(
        path, tmp_path / "out", "--memory", "facts", "--seeds", 8, "--no-controls",
        model="reference/notes?miss=0.5",
    )  # fmt: skip
    found = across(folder, "facts")
    lost = [record for record in found if record["score"] == 0.0]
    assert {record["lost_at"] for record in lost} == {"written"}
    assert {record["outcome"] for record in lost} == {"lost_in_memory"}
    assert 0.3 < len(lost) / len(found) < 0.7


def test_a_text_holds_a_value_in_any_spelling_and_not_where_it_is_denied():
    from harness.core.scenario import Value

    value = Value("14 March 2027", ("mid-March",))
    assert holds("- We meet on 2027-03-14.", value, "When do we meet?")
    assert holds("We meet in mid-March.", value, "When do we meet?")
    assert not holds("It is not 14 March 2027.", value, "When do we meet?")
    assert holds("It must never be 14 March 2027.", value, "Which day must it never be?")


PLUGS = """
import asyncio


class Loose:
    def open(self, chain, /):
        return self

    async def write(self, said, /):
        return "one text"

    async def inject(self, question, /):
        return ""

    async def close(self):
        pass


class Raising(Loose):
    async def write(self, said, /):
        raise KeyError("tone")


class Silent(Loose):
    async def write(self, said, /):
        return ["a note"]

    async def inject(self, question, /):
        return None


class Half(Silent):
    async def inject(self, question, /):
        return "\\ud83d"


class Shut(Loose):
    def open(self, chain, /):
        raise OSError("no such database")


class Client(Loose):
    \"\"\"A product with an async client and a store of its own, which it does not list.\"\"\"

    asks_at_question = True

    def open(self, chain, /):
        return Life(chain.id)


class Life:
    def __init__(self, user):
        self.user, self.lines, self.closed = user, [], False

    async def write(self, said, /):
        assert not self.closed
        assert said.session_id == f"{self.user}/{said.session_number}"
        assert said.turn and said.date.year
        await asyncio.sleep(0)
        self.lines += [m.content for m in said.news if m.role == "user"]

    async def inject(self, question, /):
        assert question and not self.closed
        await asyncio.sleep(0)
        return "\\n".join(self.lines)

    async def close(self):
        assert not self.closed
        self.closed = True
"""


@pytest.fixture
def own_memory(tmp_path, monkeypatch):
    (tmp_path / "own_memories.py").write_text(PLUGS, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    path = write_chain(tmp_path)

    def run(name):
        return harness(
            "run", path, "-m", "reference/perfect", "-w", "4k",
            "--memory", f"none,own_memories:{name}",
            "--seeds", 1, "--no-controls", "-q", "--out", tmp_path / "out",
        )  # fmt: skip

    return run


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("Loose", "fails in 'write': it returns no sequence of texts"),
        ("Raising", "fails in 'write': KeyError: 'tone'"),
        ("Silent", "fails in 'inject': it returns no text, but NoneType"),
        ("Half", "fails in 'inject': it returns half a character"),
        ("Shut", "fails in 'write': OSError: no such database"),
    ],
)
def test_a_memory_of_ones_own_that_fails_leaves_its_own_chain_unmeasured(
    own_memory, tmp_path, name, problem
):
    result = own_memory(name)
    assert result.code == 6
    folder = the_run(tmp_path / "out")
    failed = records_of(folder, memory=f"own_memories:{name}")
    assert failed
    assert {(r["status"], r["score"]) for r in failed} == {("error", None)}
    assert all(f"memory 'own_memories:{name}' {problem}" in r["error"] for r in failed)
    others = records_of(folder, memory="none")
    assert others
    assert {r["status"] for r in others} == {"ok"}


def test_a_memory_with_an_async_client_and_a_store_of_its_own_is_measured(own_memory, tmp_path):
    result = own_memory("Client")
    assert result.code == 0, result.err
    found = [
        r
        for r in records_of(the_run(tmp_path / "out"), memory="own_memories:Client")
        if r["planted_session"] is not None and r["planted_session"] < r["session_number"]
    ]
    assert found
    assert {r["own_store"] for r in found} == {True}
    assert {r["written"] for r in found} == {None}
    assert {r["injected"] for r in found} == {True}
    assert {r["score"] for r in found} == {1.0}


def test_what_was_not_sent_is_not_stored(treated):
    named = {record["trunk"] for record in records_of(treated)}
    lines = (treated / "messages.jsonl").read_text("utf-8").splitlines()
    stored = {line["trunk"] for line in map(json.loads, lines) if "trunk" in line}
    assert stored == named


def test_a_fact_that_was_not_carried_and_is_named_all_the_same_is_a_leak(treated):
    from dataclasses import replace

    from harness.analysis.attribution import controls
    from harness.analysis.records import from_records
    from harness.core.record import from_json

    found = [from_json(record) for record in records_of(treated)]
    clean = controls(from_records(found)).rows_by_key("arm", named=True, unique=True)
    assert clean["not_carried"]["n"] > 12
    assert (clean["not_carried"]["right"], clean["not_carried"]["flag"]) == (1.0, None)
    assert clean["nothing_carried"]["flag"] is None
    knowing = [
        replace(record, score=1.0, outcome="recalled") if record.injected is False else record
        for record in found
    ]
    told = controls(from_records(knowing)).rows_by_key("arm", named=True, unique=True)
    assert (told["not_carried"]["right"], told["not_carried"]["flag"]) == (0.0, "leak")
    assert told["nothing_carried"]["flag"] == "leak"


def test_memories_of_one_run_can_be_compared_question_by_question(treated):
    result = harness("compare", treated, "--by", "memory")
    assert result.code == 0, result.err
    assert "── transcript (C) against none (B) ──" in result.out
    result = harness("compare", treated, "--by", "policy")
    assert result.code == 4
    assert "or a run of several policies" in result.err


def test_an_adaptive_search_has_one_treatment(tmp_path):
    result = harness(
        "run", SCENARIOS / "brand-voice.yaml", "-m", "reference/perfect", "-w", "4k", "--adaptive",
        "--policy", "send_all,drop_oldest", "--out", tmp_path,
    )  # fmt: skip
    assert result.code == 4
    assert "--adaptive searches under one policy and one memory; give one at a time" in result.err
