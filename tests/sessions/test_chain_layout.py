from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.core.errors import UsageError
from harness.core.window import Window
from harness.scenarios import load
from harness.sessions.build import build
from harness.sessions.layouts import blueprints, controls
from harness.sessions.materials import Materials, Workshop
from tests.support.chains import write_chain

WINDOW = Window(4000, 128)
WORKSHOP = Workshop()


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    return load(write_chain(tmp_path_factory.mktemp("chain")))


def chain(scenario, seed=0, fill=0.2):
    from harness.core.scenario import Fills

    materials = Materials(scenario, seed, WORKSHOP)
    return materials, blueprints(materials, WINDOW, Fills(exact=(fill,)))


def test_each_session_that_asks_is_one_blueprint_with_those_before_it(scenario):
    _, (first, second, third) = chain(scenario)
    assert [one.number for one in (first, second, third)] == [1, 2, 3]
    assert third.earlier[0].says == first.says
    assert third.earlier[1].says == second.says
    assert [cut.ask for cut in third.cuts] == [("tone", "door", "party", "budget")]
    assert third.carry == ("system", "memory")
    assert third.stream == first.stream


def test_the_ledger_spans_the_chain(scenario):
    materials, prints = chain(scenario)
    session = build(prints[-1], materials)
    assert [(p.fact, p.session_number) for p in session.plants] == [
        ("tone", 1),
        ("door", 1),
        ("party", 1),
        ("party", 2),
    ]
    offsets = [plant.offset_tokens for plant in session.plants]
    assert all(plant.message == -1 for plant in session.plants)
    assert offsets == sorted(offsets)
    assert offsets[-1] < 0


def test_sessions_with_filler_are_as_long_as_the_fill_says(scenario):
    materials, (first, second, third) = chain(scenario, fill=0.5)
    question = max(materials.question_tokens(fact.id) for fact in scenario.facts)
    for one in third.earlier:
        assert one.cuts[0].tokens == WINDOW.local(0.5) - question
    assert build(second, materials).cuts[-1].tokens == pytest.approx(2000 - question, abs=12)
    assert third.cuts[0].tokens == materials.system_tokens()
    assert first.cuts[0].tokens <= first.cuts[0].tokens


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 3), fill=st.sampled_from([0.1, 0.3, 0.6, 0.9]))
def test_nothing_of_an_earlier_session_is_in_the_bytes_of_a_fresh_one(scenario, seed, fill):
    materials, prints = chain(scenario, seed, fill)
    said: set[str] = set()
    values = [value.text for drawn in materials.values.values() for value in drawn]
    for number, one in enumerate(prints, start=1):
        session = build(one, materials)
        user = {m.text for m in session.messages if m.role == "user"}
        if number > 1:
            assert user.isdisjoint(said)
        whole = "\n".join(message.text for message in session.messages)
        here = {p.value.text for p in session.plants if p.session_number == number}
        for value in values:
            if value not in here:
                assert value not in whole
        said |= user


def test_controls_take_a_fact_out_of_every_session_and_carry_nothing(scenario):
    materials, prints = chain(scenario)
    found = {one.arm: one for one in controls(materials, WINDOW, prints)}
    assert set(found) == {"closed_book", "needle_only", "fact_removed", "nothing_carried"}
    nothing = found["nothing_carried"]
    assert nothing.carry == ()
    assert [cut.ask for cut in nothing.cuts] == [("tone", "door", "party")]
    removed = found["fact_removed"]
    (fact,) = removed.cuts[0].ask
    said = [s for one in (*removed.earlier, removed) for s in one.says]
    assert said
    assert all(getattr(say, "fact", None) != fact for say in said)


def test_a_window_too_small_for_one_session_is_refused_with_its_number(scenario):
    materials = Materials(scenario, 0, WORKSHOP)
    with pytest.raises(
        UsageError, match=r"session 1 of the script of scenario 'two-days' says \d+"
    ):
        blueprints(materials, Window(200, 128))
