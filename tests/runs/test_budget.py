from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest

from benchmarks.billing import serve
from harness.core.errors import ModelError, UsageError
from harness.core.scenario import Fills
from harness.core.study import Study
from harness.models.catalog import price
from harness.runs.budget import Budget, Purse, Spent
from harness.runs.run import run
from harness.scenarios import load_all
from tests.support.command import SCENARIOS, harness, the_run
from tests.support.memory_server import USAGE, MemoryServer

PAID = "openai/gpt-5"


def a_study(server, model=PAID):
    return Study(
        scenarios=load_all([SCENARIOS / "brand-voice.yaml"]),
        models=(model,),
        windows=("6k",),
        seeds=1,
        fills=Fills(count=4),
        options=(("api_base", server.api_base), ("api_key", "none"), ("max_tokens", "64")),
    )


@pytest.mark.parametrize("budget", [Budget(usd=0.012), Budget(tokens=30_000)])
def test_a_run_stops_before_its_budget_is_passed_and_goes_on_with_a_larger_one(tmp_path, budget):
    with serve("perfect", price(PAID)) as server:
        study = a_study(server)
        found = run(study, out=tmp_path, budget=budget)
        assert not found.complete
        assert not found.errors
        assert "is spent" in found.stopped
        assert found.given_up == ()
        if budget.usd is not None:
            assert 0.5 * budget.usd < server.bill.usd <= budget.usd
            assert found.bill.usd == pytest.approx(server.bill.usd)
        else:
            assert 0.5 * budget.tokens < server.bill.prompt_tokens <= budget.tokens
            assert found.bill.prompt_tokens == server.bill.prompt_tokens
        calls = server.bill.calls
        again = run(study, out=tmp_path, resume=found.folder, budget=budget)
        assert server.bill.calls - calls <= 2  # what was spent before counts
        assert again.stopped
        rest = run(study, out=tmp_path, resume=found.folder)
        assert rest.complete
        assert server.bill.calls == rest.planned  # nothing was asked twice
        assert rest.expected.usd < rest.expected.uncached_usd


def test_what_a_memory_service_charges_counts_against_the_budget(tmp_path):
    with MemoryServer() as service:
        study = Study(
            scenarios=load_all([SCENARIOS / "weeks-of-work.yaml"]),
            models=("reference/perfect",),
            windows=("8k",),
            seeds=2,
            memories=(f"http?url={service.address('well')}",),
        )
        most = 5 * USAGE["cost_usd"]
        found = run(study, out=tmp_path, budget=Budget(usd=most))
        charged = sum(
            USAGE["cost_usd"]
            for told in service.told.values()
            for one in told
            if one["call"] == "write"
        )
    assert "the budget of $0.01 is spent: $0." in found.stopped
    assert not found.complete
    # each seed's sessions were being written when the budget ended: no call was made afterwards
    assert most < charged <= 3 * most


def test_dollars_cannot_be_counted_where_a_price_is_unknown(tmp_path):
    with serve("perfect", price(PAID)) as server:
        study = a_study(server, "openai/served")
        with pytest.raises(UsageError, match="price of openai/served is not known"):
            run(study, out=tmp_path, budget=Budget(usd=1.0))
        assert not list(tmp_path.iterdir())
        stopped = run(study, out=tmp_path, budget=Budget(tokens=20_000))
        assert server.bill.prompt_tokens <= 20_000
        assert "the budget of 20,000 tokens is spent" in stopped.stopped


def test_a_budget_and_other_workers_do_not_go_together(tmp_path):
    told = pytest.raises(UsageError, match="a budget is kept by one process: leave out")
    with serve("perfect", price(PAID)) as server, told:
        run(a_study(server), out=tmp_path, budget=Budget(usd=1.0), executor="ray?workers=2")


async def test_a_call_waits_for_those_in_flight_before_it_gives_up():
    purse, seen = Purse(Budget(usd=1.0)), []

    async def call(name, most, cost):
        async with purse.call(Spent(most, 0)) as paid:
            seen.append(name)
            await asyncio.sleep(0.01)
            paid(Spent(cost, 0))

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(call("a", 0.6, 0.2))
        tasks.create_task(call("b", 0.6, 0.2))  # does not fit until `a` turns out cheaper
    assert seen == ["a", "b"]
    assert purse.spent.usd == pytest.approx(0.4)
    with pytest.raises(ModelError, match=r"the budget of \$1 is spent: \$0.4 so far") as stopped:
        await call("c", 0.7, 0.1)
    assert (stopped.value.kind, stopped.value.attempts) == ("stopped", 0)
    with pytest.raises(ModelError):
        await call("d", 0.0, 0.0)


async def test_a_call_that_ends_without_a_word_counts_as_the_most_it_may_cost():
    purse = Purse(Budget(usd=1.0))
    with pytest.raises(RuntimeError):
        async with purse.call(Spent(0.3, 10)):
            raise RuntimeError
    assert purse.spent == Spent(0.3, 10)


def test_the_command_says_what_it_cost_beside_the_estimate_and_how_to_go_on(tmp_path):
    with serve("perfect", price(PAID)) as server:
        args = (
            "run", SCENARIOS / "brand-voice.yaml", "-m", PAID, "-w", "6k", "--seeds", 1, "--fills",
            4, "-M", f"api_base={server.api_base}", "-M", "api_key=none",
            "-M", "max_tokens=64", "-q",
        )  # fmt: skip
        cut = harness(*args, "--out", tmp_path / "a", "--budget-usd", 0.012)
        whole = harness(*args, "--out", tmp_path / "b")
    assert cut.code == 6
    assert "the budget of $0.012 is spent" in cut.err
    assert "were not sent. Go on, with a larger budget or none: harness run --resume" in cut.err
    assert whole.code == 0
    config = json.loads((the_run(tmp_path / "b") / "run.json").read_text())
    assert config["models"] == [PAID]
    (line,) = [line for line in whole.err.splitlines() if line.startswith("cost: ")]
    assert "prompt tokens" in line
    assert "% of them cached; estimated $0.0" in line
    assert line.endswith(" uncached")


def test_a_budget_that_suffices_changes_nothing(tmp_path):
    with serve("perfect", price(PAID)) as server:
        study = replace(a_study(server), controls=False)
        found = run(study, out=tmp_path, budget=Budget(usd=10.0, tokens=10_000_000))
    assert found.complete
    assert found.stopped is None
