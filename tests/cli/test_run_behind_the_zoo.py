"""Whole runs against servers that misbehave: what is read right, and what is said not to be."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from itertools import groupby

import pytest

from tests.support import zoo_errors, zoo_replies
from tests.support.command import ROOT, SCENARIOS, harness, the_run
from tests.support.zoo_server import ZooServer

SMALL = ("-w", "3k", "--seeds", 2, "--fills", 6)


def ran(server, out, *more):
    found = harness(
        "run", SCENARIOS / "needle.yaml", "-m", "openai/zoo", *server.flags,
        "-M", "max_wait_s=0.01", *(more or SMALL), "--out", out,
    )  # fmt: skip
    lines = (the_run(out) / "records.jsonl").read_text().splitlines()
    return found, [json.loads(line) for line in lines]


def named(behaviour):
    return behaviour.__name__


@pytest.mark.parametrize(
    "behaviour",
    [
        zoo_replies.think, zoo_replies.no_opening, zoo_replies.bare_harmony,
        zoo_replies.reasoning_content, zoo_replies.lone_closing, zoo_replies.answer_in_reasoning,
        zoo_replies.thinks_as_long_as_the_prompt,
    ],
    ids=named,
)  # fmt: skip
def test_a_reader_that_never_forgets_loses_nothing_by_thinking(behaviour, tmp_path):
    with ZooServer(behaviour) as server:
        found, records = ran(server, tmp_path)
    assert found.code == 0, found.err
    scored = [record for record in records if record["score"] is not None]
    assert all(record["score"] == 1.0 for record in scored)
    cut = [record for record in records if record["status"] == "cut"]
    assert len(scored) + len(cut) == len(records)
    if behaviour is not zoo_replies.thinks_as_long_as_the_prompt:
        assert not cut
    silent = {zoo_replies.lone_closing, zoo_replies.answer_in_reasoning}
    thought = {bool(record["thinking"]) for record in records}
    assert thought == {behaviour not in silent}
    if behaviour not in silent and behaviour is not zoo_replies.reasoning_content:
        assert found.err.count("thinks before it answers") == 1


@pytest.mark.parametrize(
    "behaviour",
    [
        zoo_replies.no_closing, zoo_replies.thinks_past_any_room,
        zoo_replies.thinks_unmarked_past_any_room, zoo_replies.stops_at_the_limit,
    ],
    ids=named,
)  # fmt: skip
def test_what_never_came_to_an_answer_is_not_measured_and_says_why(behaviour, tmp_path):
    with ZooServer(behaviour) as server:
        found, records = ran(server, tmp_path)
    assert found.code == 6
    assert {record["status"] for record in records} == {"cut"}
    assert {record["score"] for record in records} == {None}
    assert {record["outcome"] for record in records} == {"output_truncated"}
    assert "replies ended before they held an answer" in found.err
    # all the room that the window has was given
    assert "of openai/zoo: every reply ended before it held an answer" in found.err
    assert "Start again with room for it: a larger -w" in found.err.strip().splitlines()[-1]
    assert "not measured:  settings" in found.out
    assert "before they held an answer: a larger -w" in " ".join(found.out.split())


class BrokenOnce:
    """Each prompt is first answered in one of the ways that are hardly HTTP, then by the law."""

    def __init__(self):
        self.kinds = {}

    def __call__(self, call):
        prompt = json.dumps(call.body["messages"])
        at = self.kinds.setdefault(prompt, len(self.kinds)) % len(zoo_errors.MALFORMED)
        return zoo_errors.MALFORMED[at](call)


@pytest.mark.parametrize("via", ["http", "litellm"])
def test_every_kind_of_broken_http_ends_in_one_record_and_the_scores_of_a_clean_run(tmp_path, via):
    few = ("-w", "2k", "--seeds", 4, "--fills", "0.5", "--no-controls", "-M", f"via={via}", "-q")
    with ZooServer(lambda call: call.reply()) as server:
        clean, wanted = ran(server, tmp_path / "clean", *few)
    broken = BrokenOnce()
    with ZooServer(broken) as server:
        found, records = ran(server, tmp_path / "broken", *few)
    assert (clean.code, found.code) == (0, 0), found.err
    assert len({record["key"] for record in records}) == len(records) == len(wanted)

    def cells(rows):
        names = ("session", "arm", "probe", "reply", "score", "outcome", "status")
        return sorted([str(row[name]) for name in names] for row in rows)

    assert cells(records) == cells(wanted)
    assert len(broken.kinds) >= len(zoo_errors.MALFORMED)
    assert sum(record["attempts"] > 1 for record in records) >= len(zoo_errors.MALFORMED)


def test_a_refusal_is_no_miss(tmp_path):
    with ZooServer(zoo_replies.refuses_beside) as server:
        _, records = ran(server, tmp_path)
    assert {(record["status"], record["score"]) for record in records} == {("refused", None)}


def test_an_answer_that_is_broken_off_is_no_miss_and_is_asked_again(tmp_path):
    with ZooServer(zoo_replies.broken_off) as server:
        found, records = ran(server, tmp_path)
        broken = [record for record in records if record["status"] == "cut"]
        assert broken
        assert found.code == 6
        assert f"{len(broken)} answers were broken off by the provider" in found.err
        assert found.err.strip().endswith("--retry-errors")
        assert {record["cut"] for record in broken} == {"broken_off"}
        assert {record["score"] for record in records if record["status"] == "ok"} == {1.0}
        calls = len(server.calls)
        harness("run", "--resume", "latest", "--retry-errors", "--out", tmp_path, "-q",
                *server.flags[-2:])  # fmt: skip
        assert len(server.calls) == calls + 3 * len(broken)


def test_max_tokens_of_the_user_stays(tmp_path):
    with ZooServer(zoo_replies.think) as server:
        found, records = ran(server, tmp_path, *SMALL, "-M", "max_tokens=24")
    assert {call.max_tokens for call in server.calls} == {24}
    assert {record["status"] for record in records} == {"cut"}
    assert found.code == 6
    assert "raise it to -M max_tokens=1024, or lower" in found.err.strip().splitlines()[-1]
    assert "raise it to -M max_tokens=1024" in found.out


def test_onset_is_found_behind_thinking(tmp_path):
    with ZooServer(zoo_replies.no_opening, law="fading?onset=0.6&limit=8000") as server:
        found, _ = ran(server, tmp_path, "-w", "8k", "--seeds", 6, "-q")
        assert found.code == 0
    harness("report", the_run(tmp_path), "-o", tmp_path / "report.json")
    report = json.loads((tmp_path / "report.json").read_text())
    onset = report["groups"][0]["onset"]
    assert onset["lo"] <= 0.6 <= onset["hi"]
    assert onset["plateau"] > 0.95


@pytest.mark.parametrize("behaviour", zoo_errors.REFUSING, ids=named)
def test_what_was_really_sent_is_in_the_run(behaviour, tmp_path):
    with ZooServer(behaviour) as server:
        found, records = ran(server, tmp_path, "-w", "2k", "--seeds", 1, "--fills", 4, "-q")
    assert found.code == 0, found.err
    assert {record["status"] for record in records} == {"ok"}
    sent = json.loads((the_run(tmp_path) / "run.json").read_text())["sent"]["openai/zoo"]
    last = server.calls[-1].body
    for name in ("max_tokens", "max_completion_tokens", "temperature"):
        assert sent.get(name) == last.get(name)
    assert found.err.count("openai/zoo takes ") >= 1


def test_the_last_line_of_a_run_of_refusals_says_why(tmp_path):
    with ZooServer(zoo_errors.never_satisfied) as server:
        found, _ = ran(server, tmp_path, "-w", "2k", "--seeds", 1, "--fills", 4, "-q")
    assert found.code == 6
    last = found.err.strip().splitlines()[-1]
    assert "most with: bad_request: HTTP 400: the flux capacitor of *** is not charged" in last
    assert "abcdef" not in found.err


def test_one_interrupt_ends_a_wait(tmp_path):
    with ZooServer(lambda call: call.refused("slow", 429, {"Retry-After": "300"})) as server:
        args = ("run", SCENARIOS / "needle.yaml", "-m", "openai/zoo", *server.flags, *SMALL, "-q",
                "--out", tmp_path)  # fmt: skip
        process = subprocess.Popen(  # noqa: S603 -- our own interpreter
            [sys.executable, "-m", "harness", *map(str, args)],
            cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        for _ in range(3000):
            if server.calls:
                break
            threading.Event().wait(0.01)
        threading.Event().wait(0.5)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 2, err
    assert "interrupted; go on with: harness run --resume " in err


def test_with_one_connection_no_session_interrupts_another_and_none_goes_back(tmp_path):
    with ZooServer(lambda call: call.reply()) as server:
        found = harness(
            "run", SCENARIOS / "brand-voice.yaml", "-m", "openai/zoo", *server.flags, "-w", "2k",
            "--seeds", 3, "--fills", 5, "--max-connections", 1, "--out", tmp_path, "-q",
        )  # fmt: skip
    assert found.code == 0, found.err
    long = [call.messages for call in server.calls if len(call.messages) > 10]
    begun = [tuple(message.content for message in sent[1:6]) for sent in long]
    sessions = [begin for begin, _ in groupby(begun)]
    assert len(sessions) == len(set(sessions)) >= 3
    for _, own in groupby(zip(begun, map(len, long), strict=True), key=lambda pair: pair[0]):
        lengths = [length for _, length in own]
        assert lengths == sorted(lengths)


def test_an_option_that_is_stored_as_a_hash_is_asked_for_again(tmp_path):
    with ZooServer(lambda call: call.reply()) as server:
        more = ("-w", "2k", "--seeds", 1, "--fills", 4, "-q", "-M", 'stop=["\\n\\n\\n"]')
        found, _ = ran(server, tmp_path, *more)
        assert found.code == 0, found.err
        again = harness("run", "--resume", "latest", "--out", tmp_path, *server.flags)
    assert again.code == 4
    assert "give -M stop=... again: a hash of it alone is stored with a run" in again.err
