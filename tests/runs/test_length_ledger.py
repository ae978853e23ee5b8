from __future__ import annotations

import json

import pytest

from harness.core.errors import FileError
from harness.runs.token_meter import UNAIMED, LengthLedger, LengthRatios
from tests.support.records import make_record

MODEL = "openai/x"


def measured(local, provider, **changed):
    return make_record(
        model=MODEL, view_tokens=local, prompt_tokens=provider, usage_source="provider", **changed
    )


def test_each_stage_aims_the_next_and_rounds_up():
    ledger = LengthLedger([MODEL])
    assert ledger.aims(MODEL) == UNAIMED
    ledger.observe(measured(300, 402))
    ledger.settle(MODEL, "bare")
    assert ledger.aims(MODEL) == LengthRatios(opening=1.34, main=1.34)
    ledger.observe(measured(1000, 1303))
    ledger.observe(measured(900, 1179))
    ledger.settle(MODEL, "opening")
    assert ledger.aims(MODEL) == LengthRatios(opening=1.34, main=1.31)
    assert ledger.aims(MODEL).of("bare") == 1.0


def test_what_is_settled_stays():
    ledger = LengthLedger([MODEL])
    ledger.observe(measured(300, 300))
    for stage in ("bare", "opening"):
        ledger.settle(MODEL, stage)
    ledger.observe(measured(300, 600))
    for stage in ("bare", "opening", "main"):
        ledger.settle(MODEL, stage)
    assert ledger.aims(MODEL) == LengthRatios(opening=1.0, main=1.0)
    assert ledger.meter(MODEL).ratio == 1.0


def test_without_usage_our_own_count_is_taken():
    ledger = LengthLedger([MODEL])
    ledger.observe(make_record(model=MODEL, usage_source="local"))
    for stage in ("bare", "opening"):
        ledger.settle(MODEL, stage)
    assert ledger.aims(MODEL) == UNAIMED


def test_a_ledger_is_read_back_as_it_was_settled(tmp_path):
    path = tmp_path / "ledger.json"
    first = LengthLedger([MODEL, "other"], path)
    first.observe(measured(1000, 1394))
    for stage in ("bare", "opening"):
        first.settle(MODEL, stage)
    again = LengthLedger([MODEL, "other"], path)
    again.observe(measured(1000, 5000))
    again.settle(MODEL, "opening")
    assert again.aims(MODEL) == first.aims(MODEL) == LengthRatios(opening=1.4, main=1.4)
    assert again.meter(MODEL).reading == first.meter(MODEL).reading
    assert again.aims("other") == UNAIMED


@pytest.mark.parametrize("text", ["", "[]", '{"models": {"openai/x": {"aims": 1}}}'])
def test_a_damaged_ledger_is_named_with_what_to_do(tmp_path, text):
    path = tmp_path / "ledger.json"
    path.write_text(text)
    with pytest.raises(FileError, match=r"ledger\.json: not a length ledger .* delete it"):
        LengthLedger([MODEL], path)


def test_the_file_can_be_read_by_a_person(tmp_path):
    ledger = LengthLedger([MODEL], tmp_path / "ledger.json")
    ledger.observe(measured(100, 140))
    ledger.settle(MODEL, "bare")
    data = json.loads((tmp_path / "ledger.json").read_text())
    assert data["models"][MODEL]["aims"] == {"opening": 1.4}
