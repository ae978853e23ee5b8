"""The choices of a batch share sessions that grow, and each is asked as it would be alone."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest

from benchmarks.billing import serve
from harness.adaptive.choose import next_batch
from harness.adaptive.goal import SearchGoal
from harness.adaptive.run import run_adaptive
from harness.core.draws import Draws
from harness.core.study import Study
from harness.core.window import Window
from harness.models.catalog import price
from harness.scenarios import load_all
from harness.sessions.build import build
from harness.sessions.layouts.chosen import ChosenCell, shared_blueprint
from harness.sessions.materials import Materials, Workshop
from tests.support.command import SCENARIOS

VOICE = load_all([SCENARIOS / "brand-voice.yaml"])
GOAL = SearchGoal(batch_size=24, max_probes=24)
WORKSHOP = Workshop()


def study(**changed):
    base = {"scenarios": VOICE, "models": ("reference/perfect",), "windows": ("4k",), "seeds": 6}
    return Study(controls=False, **base | changed)


def records(folder):
    return [json.loads(line) for line in (folder / "records.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """The run folder of one batch."""
    found, _ = run_adaptive(study(), GOAL, out=tmp_path_factory.mktemp("shared"))
    return found.folder


def test_what_falls_to_one_seed_is_asked_of_one_session_about_different_facts(shared):
    long = [r for r in records(shared) if r["fill_requested"] > 0.05]
    assert {r["layout"] for r in long} == {"growing"}
    by_trunk = Counter(r["trunk"] for r in long)
    assert len(by_trunk) < len(long) / 3
    for trunk in by_trunk:
        here = [r for r in long if r["trunk"] == trunk]
        assert len({r["session"] for r in here}) == 1
        assert len({r["fact"] for r in here}) == len(here)


def test_every_choice_is_asked_at_its_fill_and_position(shared):
    (line,) = map(json.loads, (shared / "batches.jsonl").read_text().splitlines())
    asked = {r["fill_requested"]: r for r in records(shared)}
    for choice in line["choices"]:
        record = asked[choice["fill"]]
        assert (record["session"], record["batch_why"]) == (
            f"brand-voice/{choice['seed']}",
            choice["why"],
        )
        assert record["score"] == 1.0
        if choice["fill"] > 0.2:
            assert record["fill"] == pytest.approx(choice["fill"], abs=0.01)
            assert record["position"] == pytest.approx(choice["position"], abs=0.12)


def test_with_the_layout_grid_and_from_before_there_were_two_each_choice_is_fresh(tmp_path):
    grid = tuple(replace(one, layout="grid") for one in VOICE)
    goal = SearchGoal(batch_size=8, max_probes=8)
    found, _ = run_adaptive(study(scenarios=grid, windows=("2k",)), goal, out=tmp_path)
    before = records(found.folder)
    assert {r["layout"] for r in before} == {"grid"}
    assert len({r["trunk"] for r in before}) == len(before) == 8
    batches = found.folder / "batches.jsonl"
    line = json.loads(batches.read_text())
    assert line.pop("layout") == "grid"
    batches.write_text(json.dumps(line) + "\n")
    again, _ = run_adaptive(study(windows=("2k",)), goal, out=tmp_path, resume=found.folder)
    assert again.complete
    assert records(again.folder) == before


def test_most_of_the_tokens_of_a_batch_come_from_the_cache(tmp_path):
    paid = study(models=("openai/gpt-4o",), windows=("8k",))
    with serve("perfect", price("openai/gpt-4o")) as server:
        options = (("api_base", server.api_base), ("api_key", "none"))
        found, _ = run_adaptive(replace(paid, options=options), GOAL, out=tmp_path)
        assert server.bill.calls == 24
        assert server.bill.cached_tokens > 0.5 * server.bill.prompt_tokens
        cost = sum(r["cost_usd"] for r in records(found.folder))
        assert cost == pytest.approx(server.bill.usd)


def test_a_batch_turns_to_fewer_sessions_and_asks_the_same_of_them():
    options = {"size": 32, "sessions": 40, "batch": 1, "draws": Draws("test")}
    fresh, shared = (next_batch([], a_session=n, **options) for n in (1, 6))
    assert set(Counter(one.seed for one in fresh).values()) == {1}
    assert sorted(Counter(one.seed for one in shared).values()) == [5, 5, 5, 5, 6, 6]
    assert [(one.fill, one.why) for one in shared] == [(one.fill, one.why) for one in fresh]
    assert sum(one.seed == other.seed for one, other in pairwise(shared)) <= 5


def test_sessions_take_turns_from_batch_to_batch():
    asked = Counter()
    rows = []
    for batch in range(1, 21):
        rows += [{"session": i, "fill": 0.5, "score": None} for i in range(32)]
        chosen = next_batch(
            rows, size=32, sessions=40, batch=batch, draws=Draws("test"), a_session=6
        )
        asked.update(one.seed for one in chosen)
    assert len(asked) == 40
    assert max(asked.values()) - min(asked.values()) <= 6


@pytest.mark.parametrize("most", [0.95, 0.15])
@pytest.mark.parametrize("name", ["brand-voice", "spec-review", "ledger", "siblings"])
def test_a_session_says_each_fact_before_it_is_asked_about_and_leaves_out_what_it_cannot(
    name, most
):
    (scenario,) = load_all([SCENARIOS / f"{name}.yaml"])
    window = Window(6000, 128)
    for seed in range(3):
        materials = Materials(scenario, seed, WORKSHOP)
        draws = Draws("cells", seed)
        cells = [
            ChosenCell(fill=draws.uniform(0.08, most), position=draws.uniform(), target=question)
            for question in scenario.said_questions
        ]
        blueprint, asked = shared_blueprint(materials, window, cells, stream="test")
        assert asked
        assert set(asked) <= set(cells)
        session = build(blueprint, materials)
        for cell, cut in zip(asked, session.cuts, strict=True):
            assert cut.fill_requested == cell.fill
            for fact in cell.target.about:
                said = [p for p in session.plants if p.fact == fact and p.message < cut.messages]
                assert len(said) == len([p for p in session.plants if p.fact == fact]) > 0


def test_two_cells_about_one_fact_are_not_asked_of_one_session():
    materials = Materials(VOICE[0], 0, WORKSHOP)
    target = VOICE[0].said_questions[0]
    cells = [ChosenCell(fill=fill, position=0.5, target=target) for fill in (0.4, 0.8)]
    _, asked = shared_blueprint(materials, Window(4000, 128), cells, stream="test")
    assert asked == cells[:1]
