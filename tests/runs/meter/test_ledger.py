"""What a run learns of its providers' counts, and how its sessions are aimed by it."""

from __future__ import annotations

import json

import pytest

from harness.core.errors import FileError
from harness.runs.meter.aims import UNAIMED, Aim, AimedPrompt, LengthAims, texture
from harness.runs.meter.ledger import LengthLedger
from tests.support.records import make_record

MODEL = "openai/x"
SCENARIO = "needle"
AT = texture(SCENARIO, "", 8000)


def prompt(n, said, filler):
    return AimedPrompt(local=3 + 4 * n + said + filler, messages=n, kinds=(said, filler, 0, 0))


MADE = {AT: [prompt(20, 150, 800), prompt(90, 300, 6000)]}


def measured(made, provider, **changed):
    return make_record(
        model=MODEL, scenario=SCENARIO, view_tokens=made.local, prompt_tokens=provider,
        cached_tokens=None, usage_source="provider", view=((0, made.messages - 1),),
        kind_tokens=made.kinds,
        **changed,
    )  # fmt: skip


def teach(ledger, count, prompts=((3, 60, 0), (13, 220, 0), (9, 90, 120), (5, 40, 210))):
    for row in prompts:
        made = prompt(*row)
        ledger.observe(measured(made, count(made)))


def settle(ledger, *stages):
    for stage in stages:
        ledger.settle(
            MODEL, stage, lambda known: [(n, m) for n, m in MADE.items() if n not in known]
        )


def test_a_ratio_is_an_aim_without_an_overhead():
    ledger = LengthLedger([MODEL])
    assert ledger.aims(MODEL) == LengthAims()
    teach(ledger, lambda made: round(1.3 * made.local))
    settle(ledger, "bare")
    aimed = ledger.aims(MODEL).of("opening", AT)
    assert (aimed.ratio, aimed.overhead) == (pytest.approx(1.3, abs=0.006), 0)
    assert ledger.aims(MODEL).of("bare", AT) == UNAIMED


@pytest.mark.parametrize("constant", [0, 70, 200])
def test_a_template_is_an_overhead_and_long_sessions_come_out_as_long_as_asked(constant):
    ledger = LengthLedger([MODEL])
    teach(ledger, lambda made: constant + made.local + made.messages)
    settle(ledger, "bare", "opening")
    aimed = ledger.aims(MODEL).of("main", AT)
    for made in MADE[AT]:
        counted = constant + made.local + made.messages
        assert abs(aimed.ratio * made.local + aimed.overhead - counted) < 0.01 * 8000


def test_what_is_settled_stays():
    ledger = LengthLedger([MODEL])
    teach(ledger, lambda made: made.local)
    settle(ledger, "bare", "opening")
    before = ledger.aims(MODEL)
    teach(ledger, lambda made: 2 * made.local)
    settle(ledger, "bare", "opening", "main")
    assert ledger.aims(MODEL) == before
    assert before.of("main", AT) == UNAIMED


def test_counts_that_leave_out_what_was_cached_teach_nothing():
    ledger = LengthLedger([MODEL])
    teach(ledger, lambda made: made.local)
    teach(ledger, lambda _: 12)
    settle(ledger, "bare", "opening")
    assert ledger.aims(MODEL).of("main", AT) == UNAIMED


def test_without_usage_our_own_count_is_taken():
    ledger = LengthLedger([MODEL])
    ledger.observe(make_record(model=MODEL, usage_source="local"))
    settle(ledger, "bare", "opening")
    assert ledger.aims(MODEL).of("main", AT) == UNAIMED


def test_exact_counts_aim_every_stage_before_the_first_call():
    ledger = LengthLedger([MODEL])
    ledger.observe_exact(
        MODEL, SCENARIO, MADE[AT], [81 + 6 * m.messages + m.local for m in MADE[AT]]
    )
    ledger.settle_exact(MODEL, "llama.cpp", {"opening": MADE, "main": MADE})
    assert ledger.is_aimed(MODEL)
    aimed = ledger.aims(MODEL).of("opening", AT)
    assert aimed.overhead > 50
    settle(ledger, "bare", "opening")
    assert ledger.aims(MODEL).of("opening", AT) == aimed


def test_a_ledger_is_read_back_as_it_was_settled(tmp_path):
    path = tmp_path / "ledger.json"
    first = LengthLedger([MODEL, "other"], path)
    teach(first, lambda made: 70 + made.local)
    settle(first, "bare", "opening")
    again = LengthLedger([MODEL, "other"], path)
    teach(again, lambda made: 5 * made.local)
    settle(again, "opening")
    assert again.aims(MODEL) == first.aims(MODEL) != LengthAims()
    assert again.counts(MODEL, SCENARIO) == first.counts(MODEL, SCENARIO)
    assert again.aims("other") == LengthAims()


def test_a_run_of_before_goes_on_with_its_one_ratio(tmp_path):
    path = tmp_path / "ledger.json"
    known = {"aims": {"opening": 1.34, "main": 1.31}, "meter": None}
    path.write_text(json.dumps({"schema": 1, "models": {MODEL: known}}))
    ledger = LengthLedger([MODEL], path)
    settle(ledger, "bare", "opening")
    assert ledger.aims(MODEL).of("opening", AT) == Aim(ratio=1.34)
    assert ledger.aims(MODEL).of("main", "any@1") == Aim(ratio=1.31)


@pytest.mark.parametrize("text", ["", "[]", '{"schema": 2, "models": {"openai/x": {"aims": 1}}}'])
def test_a_damaged_ledger_is_named_with_what_to_do(tmp_path, text):
    path = tmp_path / "ledger.json"
    path.write_text(text)
    with pytest.raises(FileError, match=r"ledger\.json: not a length ledger .* delete it"):
        LengthLedger([MODEL], path)


def test_the_file_can_be_read_by_a_person(tmp_path):
    ledger = LengthLedger([MODEL], tmp_path / "ledger.json")
    teach(ledger, lambda made: 70 + made.local)
    settle(ledger, "bare")
    data = json.loads((tmp_path / "ledger.json").read_text())
    known = data["models"][MODEL]
    assert known["aims"]["opening"][AT]["overhead"] >= 60
    assert known["counts"][SCENARIO]["constant"] == pytest.approx(73, abs=4)
