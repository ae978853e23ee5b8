"""The estimate of a plan against a real server that bills like a provider."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from benchmarks.billing import serve
from harness.core.scenario import Fills
from harness.core.study import Study
from harness.models.catalog import Price, price
from harness.runs.planning.cost import ANSWER_TOKENS, THINKING_TOKENS, estimates, total_usd
from harness.runs.run import plan, run
from harness.scenarios import load_all
from harness.sessions.materials import Workshop
from tests.support.command import SCENARIOS

PAID = "openai/gpt-5"
"""Its cached tokens cost a tenth."""


def a_study(name="brand-voice", **more):
    return Study(
        scenarios=load_all([SCENARIOS / f"{name}.yaml"]),
        models=(PAID,),
        windows=("6k",),
        seeds=1,
        fills=Fills(count=4),
        **more,
    )


def estimated(study, prices=None):
    workshop = Workshop()
    (row,) = estimates(plan(study, workshop), prices or (lambda name, _: price(name)))
    return row


def records(folder):
    return [json.loads(line) for line in (folder / "records.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("name", ["brand-voice", "needle"])
def test_an_estimate_is_what_a_provider_bills(tmp_path, name):
    study = a_study(name)
    before = estimated(study)
    with serve("perfect", price(PAID)) as server:
        options = (("api_base", server.api_base), ("api_key", "none"))
        found = run(replace(study, options=options), out=tmp_path)
        assert found.complete
        bill = server.bill
    assert before.calls == bill.calls
    assert before.prompt_tokens == pytest.approx(bill.prompt_tokens, rel=0.01)
    assert before.cached_tokens == pytest.approx(bill.cached_tokens, rel=0.06)
    told = records(found.folder)
    assert sum(r["cached_tokens"] for r in told) == bill.cached_tokens
    assert sum(r["cost_usd"] for r in told) == pytest.approx(bill.usd)
    inputs = bill.usd - bill.completion_tokens * bill.price.output_per_token
    assert before.room_to_think is not None
    answer = ANSWER_TOKENS + THINKING_TOKENS  # which this reader does not use up
    answers = before.calls * answer * bill.price.output_per_token
    assert before.cost_usd - answers == pytest.approx(inputs, rel=0.1)
    assert before.cost_uncached_usd >= before.cost_usd


def test_forks_hit_the_cache_though_sixteen_go_out_at_once(tmp_path):
    study = a_study()
    with serve("perfect", price(PAID), delay_s=0.03) as server:
        options = (("api_base", server.api_base), ("api_key", "none"))
        run(replace(study, options=options, controls=False), out=tmp_path)
        bill = server.bill
    long = [r for r in records(next(tmp_path.iterdir())) if r["prompt_tokens"] > 2000]
    firsts = {r["session_tokens"] for r in long}
    assert len(long) > 2 * len(firsts)
    for tokens in firsts:
        here = sorted(r["cached_tokens"] for r in long if r["session_tokens"] == tokens)
        assert all(cached > 0.9 * tokens for cached in here[1:])
    assert bill.cached_tokens > 0.5 * bill.prompt_tokens


def test_a_policy_that_drops_the_oldest_leaves_less_to_the_cache():
    whole = estimated(a_study())
    cut = estimated(a_study(policies=("drop_oldest?tokens=3000",)))
    assert cut.prompt_tokens <= whole.prompt_tokens
    assert cut.cached_tokens < whole.cached_tokens
    assert 0 <= cut.cached_tokens <= cut.prompt_tokens


def test_the_price_is_that_of_the_length_of_each_prompt():
    cheap = Price(input_per_token=1e-6, cached_input_per_token=1e-6, output_per_token=0.0)
    dear = replace(cheap, input_per_token=2e-6, cached_input_per_token=2e-6)
    row = estimated(a_study(), lambda _, tokens: dear if tokens > 3000 else cheap)
    assert row.prompt_tokens * 1e-6 < row.cost_usd < row.prompt_tokens * 2e-6


def test_an_unknown_price_is_unknown_and_spoils_the_total():
    known = estimated(a_study())
    unknown = estimated(a_study(), lambda _, __: None)
    assert unknown.cost_usd is unknown.cost_uncached_usd is None
    assert total_usd([known, unknown]) is None
    assert total_usd([known, known]) == pytest.approx(2 * known.cost_usd)


@pytest.mark.parametrize(
    "policy",
    [
        "send_all",
        "drop_oldest",
        "drop_oldest?tokens=1500",
        "keep_ends",
        "refuse",
        "reintroduce?every=3",
        "reintroduce?every=3&then=send_all",
        "reintroduce?every=3&then=keep_ends",
        "reintroduce?every=3&then=refuse",
    ],
)
def test_a_plan_costs_what_its_run_then_sends_under_every_policy(tmp_path, policy):
    asked = Study(
        scenarios=load_all([SCENARIOS / "brand-voice.yaml"]),
        models=("reference/perfect?limit=100000",),
        windows=("2k",),
        policies=(policy,),
        seeds=2,
        fills=Fills(exact=(0.04, 0.5, 0.9, 1.2)),
    )
    workshop = Workshop()
    (estimate,) = estimates(plan(asked, workshop), price)
    result = run(asked, out=tmp_path)
    records = map(json.loads, (result.folder / "records.jsonl").read_text().splitlines())
    sent = [record["view_tokens"] for record in records if record["status"] == "ok"]
    assert estimate.calls == len(sent)
    assert estimate.prompt_tokens == pytest.approx(sum(sent), rel=0.01)
