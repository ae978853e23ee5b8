from __future__ import annotations

import json
from dataclasses import replace

import pytest

from harness.core.study import Study
from harness.models import known_limit, price
from harness.runs.planning.cost import estimates
from harness.runs.planning.plan import make_plan
from harness.scenarios import load
from harness.sessions.materials import Workshop
from tests.support.chains import run_chain, write_chain
from tests.support.command import SCENARIOS

WORKSHOP = Workshop()
VOICE = load(SCENARIOS / "brand-voice.yaml")


def estimate(scenario, **study):
    base = Study(
        scenarios=(scenario,), models=("reference/perfect",), windows=("4k",), seeds=1,
        controls=False,
    )  # fmt: skip
    (row,) = estimates(make_plan(replace(base, **study), WORKSHOP, known_limit), price)
    return row


def written(folder):
    lines = (folder / "writings.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_living_through_a_session_costs_the_square_of_its_length():
    from harness.core.scenario import Fills

    fills = Fills(exact=(0.9,))
    short, long = (
        estimate(VOICE, windows=(window,), fills=fills, replies="live") for window in ("4k", "8k")
    )
    asked = estimate(VOICE, windows=("8k",), fills=fills)
    assert asked.preparation_calls == 0
    assert long.preparation_calls == pytest.approx(2 * short.preparation_calls, rel=0.2)
    assert 3.2 < long.prompt_tokens / short.prompt_tokens < 4.8
    assert long.prompt_tokens > 6 * asked.prompt_tokens


def test_notes_are_planned_as_they_are_written(tmp_path):
    path = write_chain(tmp_path)
    folder = run_chain(path, tmp_path / "out", "--memory", "facts", "--seeds", 1, "--no-controls")
    planned = estimate(load(path), memories=("facts",))
    made = written(folder)
    assert planned.preparation_calls == len(made) == 2
    often = estimate(load(path), memories=("facts?every=2",))
    assert often.preparation_calls > 2 * planned.preparation_calls


def test_live_replies_are_planned_at_most_as_they_are_made(tmp_path):
    path = write_chain(tmp_path)
    folder = run_chain(
        path, tmp_path / "out", "--memory", "summary", "--replies", "live", "--seeds", 1,
        "--no-controls",
    )  # fmt: skip
    planned = estimate(load(path), memories=("summary",), replies="live")
    made = written(folder)
    assert len(made) <= planned.preparation_calls <= 2 * len(made)
    sent = sum(line["prompt_tokens"] for line in made)
    assert planned.prompt_tokens >= 0.8 * sent


def test_a_writer_of_another_name_is_paid_its_own_price(tmp_path):
    scenario = load(write_chain(tmp_path))
    free = estimate(scenario, memories=("facts",))
    dear = estimate(scenario, memories=("facts?writer=openai/gpt-4o",))
    assert free.cost_usd == 0.0
    assert dear.cost_usd is not None
    assert dear.cost_usd > 0.0
    assert estimate(scenario, memories=("facts?writer=openai/nobody-knows",)).cost_usd is None
