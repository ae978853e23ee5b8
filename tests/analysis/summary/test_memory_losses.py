"""Stores with stated losses are read back, each loss under its own door; and what stands beside."""

from __future__ import annotations

import pytest

from harness.analysis.records import from_records, read_records
from harness.analysis.summary.build import summarise
from harness.analysis.summary.memory_treatments import treatments
from harness.core.errors import UsageError
from harness.core.record import from_json
from harness.reports import render
from harness.reports.charts import carried
from harness.reports.charts.carried import compared
from harness.reports.charts.figure_files import draw
from harness.reports.markdown import markdown
from harness.reports.sections import memory_details
from harness.reports.terminal import terminal
from tests.support.chains import records_of, run_chain

STATED = {
    "lossy": (0.0, 0.0),
    "lossy?read_loss=0.2&write_loss=0.4": (0.4, 0.2),
    "lossy?read_loss=0.5&write_loss=0.1": (0.1, 0.5),
}
FACT = """
  - id: code-{n}
    say: "The code for the {place} is {{value}}."
    values: {{generate: code}}
    ask: "What is the code for the {place}? Reply with the code only."
"""
SEEDS = 12
N = 96
"""Facts that are asked for."""
PLACES = ("gate", "cellar", "attic", "garage", "kitchen", "studio", "shed", "porch")


@pytest.fixture(scope="module")
def stated(tmp_path_factory):
    """Eight facts said in one session or two, asked for in the third, under stated losses."""
    folder = tmp_path_factory.mktemp("stated")
    facts = "".join(FACT.format(n=n, place=place) for n, place in enumerate(PLACES))
    said = [f"  - plant: code-{n}" for n in range(len(PLACES))]
    asked = [f"  - probe: code-{n}" for n in range(len(PLACES))]
    boundary = "  - new_session: {carry: [memory]}"
    ask = (
        '  - id: hall\n    kind: abstain\n    ask: "What is the code for the hall?"\n'
        "fills: [0.02]\nfiller: workday\nscript:\n"
    )
    steps = [*said[:4], boundary, *said[4:], boundary, *asked, "  - probe: hall"]
    path = folder / "codes.yaml"
    text = f"schema: 1\nname: codes\nfacts:{facts}{ask}"
    path.write_text(text + "\n".join(steps) + "\n", "utf-8")
    return run_chain(
        path, folder / "out", "--memory", ",".join(STATED), "--seeds", SEEDS, "--no-controls"
    )


@pytest.fixture(scope="module")
def found(stated):
    (of_all,) = treatments(read_records(stated))
    return of_all


@pytest.mark.parametrize("memory", STATED)
def test_each_stated_loss_is_read_back_within_its_interval_under_its_own_door(found, memory):
    (row,) = [row for row in found.rows if row.memory == memory]
    doors = {door.door: door for door in row.doors}
    for name, loss in zip(("written", "injected", "used"), (*STATED[memory], 0.0), strict=True):
        door = doors[name]
        assert door.lo <= loss <= door.hi, (name, door)
        assert door.hi - door.lo < 0.27
    assert doors["written"].n == found.n_facts == N
    assert doors["injected"].n == N - doors["written"].lost
    assert doors["used"].n == doors["injected"].n - doors["injected"].lost


def test_what_the_model_does_not_use_stands_under_the_last_door_alone(stated):
    changed = [
        from_json(record | {"score": 0.0, "lost_at": "used", "miss": "swapped"})
        if record["injected"] and record["fact"] == "code-0" and record["memory"] == "lossy"
        else from_json(record)
        for record in records_of(stated)
    ]  # fmt: skip
    (of_all,) = treatments(from_records(changed))
    row = next(row for row in of_all.rows if row.memory == "lossy")
    assert [(door.door, door.n, door.lost) for door in row.doors] == [
        ("written", N, 0),
        ("injected", N, 0),
        ("used", N, SEEDS),
    ]
    assert row.swapped == SEEDS


def test_a_store_that_is_not_listed_has_no_door_but_the_last(stated):
    hidden = [
        from_json(record | {"written": None, "own_store": True}) for record in records_of(stated)
    ]
    (of_all,) = treatments(from_records(hidden))
    assert {tuple(door.door for door in row.doors) for row in of_all.rows} == {("used",)}


def test_questions_are_told_apart_by_kind_and_by_the_sessions_in_between(found):
    kinds = {split.name: split.shares for split in found.kinds}
    assert set(kinds) == {"once said", "never said"}
    assert [share.n for share in kinds["once said"]] == [N, N, N]
    assert [(share.n, share.recall) for share in kinds["never said"]] == [(SEEDS, 1.0)] * 3
    gaps = {split.name: [share.n for share in split.shares] for split in found.gaps}
    assert gaps == {"1": [48, 48, 48], "2 to 4": [48, 48, 48]}


def test_dates_are_a_kind_of_their_own_in_any_spelling(stated):
    dated = [
        from_json(record | {"expected": [date], "probe_kind": "update"})
        for record, date in zip(
            records_of(stated, arm="main", fact="code-1"),
            2 * SEEDS * ["14 March 2027", "2027-03-14"],
            strict=False,
        )
    ]  # fmt: skip
    (of_all,) = treatments(from_records(dated))
    assert {split.name for split in of_all.kinds} == {"updated", "dates"}


def test_prices_are_those_of_the_records(stated, found):
    for row in found.rows:
        own = [r for r in records_of(stated, memory=row.memory) if r["injected"] is not None]
        assert row.carried_tokens == pytest.approx(
            sum(r["memory_tokens"] for r in own) / len(own), abs=0.01
        )
        spent = sum(r["prompt_tokens"] + r["completion_tokens"] for r in own)
        assert row.tokens_per_session == pytest.approx(spent / (SEEDS * 3))
        assert row.usd_per_session == 0
        assert row.write_s == pytest.approx(sum(r["memory_write_s"] for r in own) / len(own))
        assert row.read_s > 0


def test_a_report_shows_doors_prices_kinds_and_budgets_in_every_form(stated):
    bounded = [
        from_json(record | {"memory": f"facts?budget={80 if '0.4' in record['memory'] else 300}"})
        for record in records_of(stated)
        if record["memory"] != "lossy"
    ]  # fmt: skip
    frame = from_records(bounded)
    summary = summarise(frame)
    (of_all,) = compared(summary.treatments)
    (words,) = memory_details.budgets(of_all)
    assert words.startswith("facts by budget: 80: ")
    assert "; 300: " in words
    for text in (terminal(summary), markdown(summary)):
        assert "not given" in text
        assert "tokens a" in text
        assert "once said" in text
        assert "2 to 4" in text
        assert "facts by budget: 80: " in text
    assert max(map(len, terminal(summary).splitlines())) <= 80


def test_the_picture_has_a_point_and_a_name_for_each_memory(stated, tmp_path):
    pytest.importorskip("altair")
    pytest.importorskip("vl_convert")
    frame = read_records(stated)
    render(summarise(frame), frame, tmp_path / "carried.svg")
    drawn = (tmp_path / "carried.svg").read_text("utf-8")
    for name in ("lossy", "lossy read_loss=0.2 write_loss=0.4", "tokens carried into a session"):
        assert name in drawn
    assert "reference/perfect, window of 4,000 tokens, 96 questions" in drawn
    alone = from_records([from_json(one | {"injected": None}) for one in records_of(stated)])
    with pytest.raises(UsageError, match="no question is about an earlier session"):
        draw(summarise(alone), "carried")


def test_names_in_the_picture_cover_neither_each_other_nor_a_point():
    near = [(95.0, 168), (95.0, 195), (95.0, 226), (85.0, 274), (0.0, 0), (90.0, 5000)]
    rows = [{"recall": recall, "tokens": t, "memory": f"memory-{t}"} for recall, t in near]
    placed = carried._labels(rows, 12_000)
    assert len(placed) == len(rows)
    for name in placed:
        for other in placed:
            if other is name:
                continue
            beside = name["left"] < other["right"] and other["left"] < name["right"]
            assert not beside or abs(name["at"] - other["at"]) >= 4
            x = carried._across(other["tokens"], 12_000)
            assert not name["left"] < x < name["right"] or abs(name["at"] - other["recall"]) >= 4
    assert max(abs(name["at"] - name["recall"]) for name in placed) < 25
