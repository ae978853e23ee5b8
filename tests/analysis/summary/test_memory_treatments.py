"""Treatments side by side: on the same questions, with what each lost where, and its price."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.analysis.records import from_records, read_records
from harness.analysis.summary.build import summarise
from harness.analysis.summary.memory_treatments import treatments
from harness.core.record import from_json
from harness.reports.markdown import markdown
from harness.reports.terminal import terminal
from tests.support.chains import records_of, run_chain, write_chain

MEMORIES = "none,transcript,facts?budget=400"


@pytest.fixture(scope="module")
def perfect(tmp_path_factory):
    folder = tmp_path_factory.mktemp("chains")
    return run_chain(
        write_chain(folder), folder / "runs", "--memory", MEMORIES, "--seeds", "6", "--no-controls"
    )


def by_memory(folder):
    (found,) = treatments(read_records(folder))
    return found, {row.memory: row for row in found.rows}


def test_nothing_crosses_without_a_memory_and_a_transcript_carries_all(perfect):
    found, rows = by_memory(perfect)
    assert set(rows) == set(MEMORIES.split(","))
    none, transcript = rows["none"], rows["transcript"]
    assert (none.share.recall, none.never_written) == (0.0, none.share.n)
    assert none.tokens_per_recalled is None
    assert transcript.share.recall == 1.0
    assert found.n_facts == none.share.n == transcript.share.n
    assert found.rows[0].memory == "transcript" or rows["facts?budget=400"].share.recall == 1.0


def test_losses_and_recalled_facts_add_up_for_every_treatment(perfect):
    _, rows = by_memory(perfect)
    for row in rows.values():
        lost = row.never_written + row.not_injected + row.not_used
        assert row.share.recall * row.share.n + lost == pytest.approx(row.share.n)


def test_tokens_are_those_of_the_questions_and_of_the_notes_once(perfect):
    _, rows = by_memory(perfect)
    for memory, row in rows.items():
        asked = [r for r in records_of(perfect, memory=memory) if r["injected"] is not None]
        questions = sum(r["prompt_tokens"] + r["completion_tokens"] for r in asked)
        notes = {}
        for r in asked:
            spent = r["preparation_prompt_tokens"] + r["preparation_completion_tokens"]
            notes[r["session"]] = max(spent, notes.get(r["session"], 0))
        assert row.tokens == questions + sum(notes.values())


def test_the_stated_miss_rate_of_a_note_taker_is_read_back_as_never_written(tmp_path):
    folder = run_chain(
        write_chain(tmp_path),
        tmp_path / "runs",
        "--memory",
        "facts?budget=400",
        "--seeds",
        "8",
        "--no-controls",
        model="reference/notes?miss=0.3",
    )
    _, rows = by_memory(folder)
    (row,) = rows.values()
    assert row.share.lo <= 0.7 <= row.share.hi
    assert row.never_written > 0
    assert (row.not_injected, row.not_used) == (0, 0)


def test_the_advice_is_the_cheapest_that_is_as_good_as_the_best(perfect):
    found, rows = by_memory(perfect)
    assert found.advice.startswith("Carry over '")
    good = [row for row in rows.values() if row.share.recall >= found.rows[0].share.recall - 0.02]
    cheapest = min(good, key=lambda row: row.tokens)
    assert f"'{cheapest.memory}'" in found.advice
    assert rows["none"].behind == pytest.approx(1.0)
    assert rows["none"].behind_lo > 0


def test_questions_that_only_some_treatments_measured_are_left_out_and_counted(perfect):
    found = [from_json(record) for record in records_of(perfect)]
    first = next(r for r in found if r.memory == "none" and r.injected is not None)
    broken = [
        replace(r, score=None, status="error", outcome=None) if r is first else r for r in found
    ]
    (whole,) = treatments(from_records(found))
    (less,) = treatments(from_records(broken))
    assert (less.n_facts, less.n_left_out) == (whole.n_facts - 1, 1)
    assert {row.share.n for row in less.rows} == {less.n_facts}


def test_a_fact_that_is_known_though_nothing_carried_it_is_a_leak(perfect):
    found = [
        replace(r, score=1.0, outcome="recalled", lost_at=None)
        if r.memory == "none" and r.injected is False
        else r
        for r in map(from_json, records_of(perfect))
    ]
    (one,) = treatments(from_records(found))
    row = next(row for row in one.rows if row.memory == "none")
    assert row.leak
    assert row.untold == row.share.n
    told = terminal(summarise(from_records(found)))
    assert "LEAK" in told
    assert "is known from elsewhere" in " ".join(told.split())


def test_the_reports_hold_one_table_that_answers_the_question(perfect):
    summary = summarise(read_records(perfect))
    told = terminal(summary)
    assert "what should be carried over?" in told
    assert all(len(line) <= 80 for line in told.splitlines())
    assert "→ Carry over" in told
    page = markdown(summary)
    assert "## What should be carried over?" in page
    assert "never written" in page


def test_without_a_boundary_there_is_nothing_to_compare(perfect):
    alone = [replace(from_json(r), injected=None) for r in records_of(perfect)]
    assert treatments(from_records(alone)) == ()
