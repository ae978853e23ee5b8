"""The page as a file: what it holds, what it may load, and how large it is."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import random
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.analysis.records import from_records
from harness.analysis.summary.adherence_model import Adherence, RuleShare
from harness.analysis.summary.build import summarise
from harness.analysis.summary.memory_model import Carrying, Treatments
from harness.analysis.summary.shares import Share
from harness.core.messages import Message
from harness.reports.html import page
from harness.reports.html.passages import LONGEST, passages
from harness.reports.html.payload import payload, script_json
from harness.reports.html.sampling import sampled
from tests.support.records import failed, make_record, missed, simulated_run

if TYPE_CHECKING:
    from pathlib import Path

    from harness.analysis.summary.model import Summary
    from harness.core.record import Record


def data_of(text: str) -> Any:
    return json.loads(
        re.search(r'<script type="application/json" id="data">(.*?)</script>', text)[1]
    )


@pytest.fixture(scope="module")
def text(summary: Summary, records: list[Record]) -> str:
    return page(summary, from_records(records))


def test_the_policy_of_the_page_names_its_own_style_and_script_and_nothing_else(text: str) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]
    assert policy.startswith("default-src 'none';")
    for element in ("style", "script"):
        body = re.search(rf"<{element}>(.*?)</{element}>", text, re.DOTALL)[1]
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{element}-src 'sha256-{digest}'" in policy


def test_nothing_in_the_page_points_to_another_file(text: str) -> None:
    body = re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)
    assert re.findall(r'(?:src|href|action)="(?!#|data:,)[^"]*"', body) == []
    assert "url(" not in re.search(r"<style>(.*?)</style>", text, re.DOTALL)[1]


def test_a_name_is_text_in_the_page_and_control_characters_are_spelled(text: str) -> None:
    assert "evil|model \\x1b[31mred\\x1b[0m &lt;b&gt;`*" in text
    assert "\x1b" not in text


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_no_text_leaves_the_element_that_holds_the_data(reply: str) -> None:
    shown = script_json({"reply": reply.encode("utf-8", "replace").decode()})
    assert not set(shown) & set("<>&\u2028\u2029")
    assert json.loads(shown)["reply"] == reply.encode("utf-8", "replace").decode()


def test_the_same_records_in_another_order_give_the_same_page(records: list[Record]) -> None:
    shuffled = random.Random(3).sample(records, len(records))
    once, again = (from_records(rows) for rows in (records, shuffled))
    assert page(summarise(once), once) == page(summarise(again), again)


def test_the_counts_of_the_parts_add_up_to_the_curve(
    summary: Summary, records: list[Record]
) -> None:
    found = payload(summary, from_records(records), [])
    for name, bins in (("fill", "by_fill"), ("gap", "by_gap"), ("cells", "cells")):
        counted = sum(row[6] for row in found["counts"][name])
        assert counted == sum(
            point.share.n for group in summary.groups for point in getattr(group, bins)
        )
    assert sum(row[6] for row in found["counts"]["outcomes"]) == sum(
        group.n_probes for group in summary.groups
    )


def test_ten_thousand_records_fit_in_three_megabytes() -> None:
    replies = random.Random(1)
    records = [
        make_record(
            session=f"brand-voice/{i % 40}", key=f"{replies.getrandbits(128):032x}",
            fill=i / 10_000, position=i % 97 / 97, gap_tokens=i, prompt_tokens=i, latency_s=i / 7,
            reply=f"It was said {replies.random()} times, if I remember that rightly.",
        )
        for i in range(10_000)
    ]  # fmt: skip
    frame = from_records(records)
    text = page(summarise(frame), frame)
    assert data_of(text)["carried"] == 10_000
    assert len(text.encode()) < 3_000_000


def test_a_sample_goes_round_cells_and_outcomes_and_says_so() -> None:
    records = simulated_run(seeds=20)
    records.append(missed(session="rare", fill=0.01, outcome="swapped"))
    found, n = sampled(from_records(records), 60)
    assert (len(found), n) == (60, len(records))
    assert "rare" in {row["session"] for row in found}
    assert len({(round(row["fill"], 1), row["cause"]) for row in found}) > 12


def test_what_is_left_out_is_told_with_its_reason(text: str) -> None:
    section = re.search(r'id="left-out".*?</section>', text, re.DOTALL)[0]
    for words in ("status error", "status overflow", "never said", "control arms"):
        assert words in section


def test_a_failed_call_has_no_score_in_the_page() -> None:
    records = [*simulated_run(), failed(session="brand-voice/1", fill=0.7)]
    frame = from_records(records)
    found = data_of(page(summarise(frame), frame))["records"]
    i = found["status"].index(found["status"][-1]) if isinstance(found["status"], list) else 0
    assert None in found["score"]
    assert i >= 0


def conversation(folder: Path, *texts: str) -> None:
    """A conversation of these messages, as a run folder keeps it."""
    messages = [Message("assistant" if i % 2 else "user", text) for i, text in enumerate(texts)]
    lines: list[dict[str, object]] = [
        {"hash": one.hash, "role": one.role, "content": one.content} for one in messages
    ]
    lines.append({"trunk": "t", "messages": [one.hash for one in messages]})
    (folder / "messages.jsonl").write_text(
        "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines), encoding="utf-8"
    )


def asked(**more: object) -> dict[str, Any]:
    return {
        "trunk": "t", "view": [[0, 20]], "plant_messages": [8], "cut_messages": 20,
        "expected": ["K7-QQ"], **more,
    }  # fmt: skip


def test_a_passage_holds_the_fact_its_turns_and_both_ends(tmp_path: Path) -> None:
    conversation(tmp_path, *(f"message {i}" for i in range(24)))
    found = passages([asked()], [tmp_path])
    assert sorted(found.trunks[0]) == [0, 1, 6, 7, 8, 9, 10, 11, 18, 19]
    assert found.texts[found.trunks[0][8]] == ("user", "message 8", 0)


def test_a_long_message_is_shown_around_its_value_and_says_what_is_missing(tmp_path: Path) -> None:
    long = "a" * 4000 + " K7-QQ " + "b" * 4000
    conversation(tmp_path, *(long if i == 8 else "x" for i in range(20)))
    found = passages([asked()], [tmp_path])
    role, shown, left = found.texts[found.trunks[0][8]]
    assert (role, left) == ("user", len(long) - LONGEST)
    assert "K7-QQ" in shown


def test_what_does_not_fit_is_left_out_whole(tmp_path: Path) -> None:
    conversation(tmp_path, *(f"{i} " + "y" * 500 for i in range(60)))
    rows = [asked(plant_messages=[i], cut_messages=60) for i in (8, 20, 8, 40)]
    assert passages(rows, [tmp_path], 5500).of == [0, None, 0, None]


def test_without_its_messages_a_record_is_shown_alone(tmp_path: Path) -> None:
    assert passages([asked()], [tmp_path]).of == [None]


def test_a_torn_line_of_messages_is_passed_over(tmp_path: Path) -> None:
    conversation(tmp_path, *(f"message {i}" for i in range(20)))
    path = tmp_path / "messages.jsonl"
    path.write_text(path.read_text(encoding="utf-8") + '{"trunk":"t","mess', encoding="utf-8")
    assert passages([asked()], [tmp_path]).of == [0]


def test_a_fact_of_an_earlier_session_points_at_no_message_of_this_one(tmp_path: Path) -> None:
    conversation(tmp_path, *(f"message {i}" for i in range(20)))
    found = passages([asked(plant_messages=[-1])], [tmp_path])
    assert sorted(found.trunks[0]) == [0, 1, 18, 19]


def test_rules_and_what_was_carried_over_stand_in_the_page(
    summary: Summary, records: list[Record]
) -> None:
    share = Share(n=20, sessions=5, recall=0.9, lo=0.7, hi=0.97)
    kept = Adherence(
        model="<i>m", window_limit=8192, policy="send_all", memory="none", layout="growing",
        n_replies=20, n_checks=20, n_unseen=2, n_untold=0, share=share,
        onset=summary.groups[0].onset, by_fill=(), by_turn=(), tails=(),
        rules=(RuleShare(scenario="house", rule="short", share=share, onset=None),),
    )  # fmt: skip
    row = Carrying(
        policy="send_all", memory="facts", share=share, never_written=1, not_injected=2,
        not_used=3, untold=0, leak=False, tokens=900, tokens_per_recalled=50.0,
        usd_per_recalled=None, behind=None, behind_lo=None, behind_hi=None,
    )  # fmt: skip
    carried = Treatments(
        model="m", window_limit=8192, scenario="", n_facts=20, n_left_out=0, rows=(row,),
        advice="Carry over 'facts'",
    )  # fmt: skip
    found = dataclasses.replace(summary, adherence=(kept,), treatments=(carried,))
    text = page(found, from_records(records))
    for words in ("Standing rules", "&lt;i&gt;m", "house: short", "2 of these had lost the rule"):
        assert words in text
    for words in ("What should be carried over?", "facts, send_all", "Carry over &#39;facts&#39;"):
        assert words in text
