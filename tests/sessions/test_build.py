from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harness.core.errors import UsageError
from harness.core.messages import Turn
from harness.core.scenario import FillerSpec, Fills
from harness.core.window import Window
from harness.scenarios import load_all
from harness.sessions.build import build
from harness.sessions.builder import Builder, Supply
from harness.sessions.layouts import blueprints, controls
from harness.sessions.leaks import LeakCheck
from harness.sessions.materials import Materials, Workshop
from harness.sessions.opening import opening

SCENARIOS = {scenario.name: scenario for scenario in load_all(["scenarios"])}
WORKSHOP = Workshop()


def sessions_of(name, seed, limit, fills=None, positions=()):
    materials = Materials(SCENARIOS[name], seed, WORKSHOP)
    prints = blueprints(materials, Window(limit, 128), fills, positions)
    return materials, [(p, build(p, materials)) for p in prints]


@settings(max_examples=25, deadline=None)
@given(
    name=st.sampled_from(sorted(SCENARIOS)),
    seed=st.integers(0, 29),
    limit=st.integers(4_000, 20_000),  # what takes many plants needs some room for them
)
@example(name="siblings", seed=3, limit=4_000)  # facts packed from the first token to the last
def test_law_1_a_session_has_the_tokens_it_was_built_for(name, seed, limit):
    _, built = sessions_of(name, seed, limit, Fills(count=5))
    for blueprint, session in built:
        for planned, cut in zip(blueprint.cuts, session.cuts, strict=True):
            counted = sum(WORKSHOP.counter.message(m) for m in session.messages[: cut.messages])
            assert cut.tokens == counted == session.offsets[cut.messages]
            assert 0 <= planned.tokens - cut.tokens < 12
            assert cut.asked_tokens == planned.tokens


def test_most_sessions_are_exact_to_the_token():
    short = [
        cut.asked_tokens - cut.tokens
        for seed in range(4)
        for _, session in sessions_of("brand-voice", seed, 8_000)[1]
        for cut in session.cuts
        if cut.fill_requested > 0.05
    ]
    assert short == [0] * len(short)


@pytest.mark.parametrize("name", ["brand-voice", "agent-debugging"])
def test_a_session_is_the_same_whether_its_turns_are_handed_out_or_not(name):
    materials, built = sessions_of(name, 2, 8_000, Fills(count=4))
    blueprint, session = built[-1]
    start = opening(materials, blueprint.carry)
    builder = Builder(blueprint, materials, start=start, supply=Supply())
    turns = [step for step in builder.grow() if isinstance(step, Turn)]
    assert builder.session() == session
    assert [m for turn in turns for m in turn.messages] == list(session.messages[len(start) :])


def test_turns_alternate_and_the_system_message_comes_first():
    _, built = sessions_of("spec-review", 3, 8_000)
    for _, session in built:
        roles = [message.role for message in session.messages]
        assert roles[0] == "system"
        assert roles[1:] == ["user", "assistant"] * (len(roles[1:]) // 2)


def test_every_plant_is_said_where_the_ledger_says():
    for name in SCENARIOS:
        materials, built = sessions_of(name, 1, 8_000)
        for _, session in built:
            here = [plant for plant in session.plants if plant.message >= 0]
            for plant in here:  # others were said in sessions before it
                text = session.messages[plant.message].text
                assert plant.value.text in text
                turn = materials.plant(plant.fact, plant.ordinal)
                assert text in [message.text for message in turn.messages]
                if not materials.scenario.fact(plant.fact).said_in:
                    in_reply = plant.value.text not in turn.user
                    assert text == (turn.assistant if in_reply else turn.user)
                assert session.offsets[plant.message] == plant.offset_tokens


def test_law_6_no_filler_holds_a_value_or_a_planted_sentence():
    for name in SCENARIOS:
        for seed in range(3):
            materials, built = sessions_of(name, seed, 8_000)
            for _, session in built:
                said = {m for p in session.plants for m in (p.message, p.message + 1)}
                replies = [m for m, one in enumerate(session.messages) if one.role == "assistant"]
                said |= {m - 1 for m in said.intersection(replies)}
                for index, message in enumerate(session.messages[1:], start=1):
                    if index not in said:
                        assert not materials.check.holds(message.text)


def test_law_7_the_same_inputs_give_the_same_bytes():
    one = [session for _, session in sessions_of("client-call", 2, 8_000)[1]]
    other = [session for _, session in sessions_of("client-call", 2, 8_000)[1]]
    assert one == other


def test_law_5_seeds_do_not_share_a_prefix_and_windows_of_one_seed_do():
    first = {sessions_of("brand-voice", s, 8_000)[1][-1][1].messages[1:4] for s in range(12)}
    assert len(first) == 12


def test_no_message_stands_twice_in_a_session():
    _, built = sessions_of("design-decisions", 0, 60_000)
    texts = [m.text for m in built[-1][1].messages if len(m.text) > 40]
    assert len(texts) == len(set(texts))


def test_a_seed_decides_where_a_fact_stands_and_over_seeds_it_stands_everywhere():
    places: dict[str, set[int]] = {}
    units = None
    for seed in range(12):
        _, built = sessions_of("brand-voice", seed, 8_000)
        trunk = built[-1][1]
        units = len(trunk.plants)
        for place, plant in enumerate(trunk.plants):
            places.setdefault(plant.fact, set()).add(place)
    singles = [p for f, p in places.items() if SCENARIOS["brand-voice"].fact(f).pick == 1]
    assert all(len(found) == min(units, 12) for found in singles)


def test_growing_has_a_quarter_of_its_checkpoints_in_the_nearly_empty_window():
    _, built = sessions_of("client-call", 0, 32_000)
    fills = [cut.fill_requested for _, session in built for cut in session.cuts]
    assert len(fills) == 18  # one more for each of the five octaves, and a control with them
    assert sum(fill <= 1_000 / 32_000 for fill in fills) == 4
    assert sum(1_000 / 32_000 < fill <= 0.0625 for fill in fills) >= 1
    assert all(a < b for a, b in pairwise(sorted(fills)))


def test_fills_are_jittered_from_seed_to_seed_inside_their_strata():
    per_seed = [
        sorted(
            cut.fill_requested for _, s in sessions_of("needle", seed, 8_000)[1] for cut in s.cuts
        )
        for seed in range(3)
    ]
    assert per_seed[0] != per_seed[1] != per_seed[2]


def test_grid_asks_one_fact_a_session_at_the_position_that_was_asked_for():
    _, built = sessions_of("needle", 0, 16_000, Fills(exact=(0.5, 1.0)), (0.0, 0.5, 1.0))
    assert len(built) == 6
    for blueprint, session in built:
        (asked,) = blueprint.cuts[0].ask
        plant = [p for p in session.plants if p.fact == asked][-1]
        reached = plant.offset_tokens / (session.cuts[0].tokens - plant.tokens)
        assert reached == pytest.approx(plant.position_requested, abs=0.03)


def test_fills_past_the_ceiling_are_built_as_asked():
    _, built = sessions_of("brand-voice", 0, 4_000, Fills(exact=(0.5, 2.0)))
    assert built[-1][1].cuts[-1].tokens == pytest.approx(8_000, abs=80)


def test_controls_hold_nothing_the_plants_alone_and_all_but_one_fact():
    materials, built = sessions_of("brand-voice", 0, 8_000)
    window = Window(8_000, 128)
    arms = {p.arm: p for p in controls(materials, window, [p for p, _ in built])}
    assert build(arms["closed_book"], materials).plants == ()
    needle = build(arms["needle_only"], materials)
    assert len(needle.messages) == 1 + 2 * len(needle.plants)
    removed = build(arms["fact_removed"], materials)
    (asked,) = arms["fact_removed"].cuts[0].ask
    assert asked not in {plant.fact for plant in removed.plants}
    value = materials.value(asked, 0)
    assert not any(
        LeakCheck(value.spellings).holds(m.text)
        for m in removed.messages[: removed.cuts[0].messages]
    )


def test_a_window_smaller_than_question_and_plant_is_refused_before_anything_is_sent():
    materials = Materials(SCENARIOS["brand-voice"], 0, WORKSHOP)
    with pytest.raises(UsageError, match=r"a window of 200 tokens is too small for scenario"):
        blueprints(materials, Window(200, 128))


def test_too_little_filler_says_how_many_tokens_are_missing(tmp_path):
    file = tmp_path / "chats.jsonl"
    file.write_text(
        '{"messages": [{"role": "user", "content": "Hello there"},'
        ' {"role": "assistant", "content": "Hi, what shall we do today?"}]}\n'
    )
    spec = FillerSpec(name="file", file=str(file))
    scenario = replace(SCENARIOS["brand-voice"], filler=spec, hash="other")
    materials = Materials(scenario, 0, Workshop())
    prints = blueprints(materials, Window(8_000, 128))
    with pytest.raises(UsageError, match=r"has only 18 usable tokens: \d+ tokens are missing"):
        build(prints[-1], materials)
    again = Materials(
        replace(scenario, filler=replace(spec, repeat=True), hash="third"), 0, Workshop()
    )
    assert build(prints[-1], again).cuts[-1].tokens > 7_000


def test_two_facts_said_just_before_a_checkpoint_never_crowd_it_out(tmp_path):
    path = tmp_path / "short.yaml"
    path.write_text(
        """\
schema: 1
name: short
facts:
  - {id: venue, say: "For the record: the summer party takes place at the {value}.",
     values: {generate: word}, ask: "At which place does the summer party take place?"}
  - {id: door, say: "The code for the side door of the office is {value}.",
     values: {generate: code}, ask: "What is the code for the side door of the office?"}
"""
    )
    (scenario,) = load_all([path])
    for seed in range(60):
        materials = Materials(scenario, seed, WORKSHOP)
        for blueprint in blueprints(materials, Window(1000, 128), Fills(count=12)):
            session = build(blueprint, materials)
            for planned, cut in zip(blueprint.cuts, session.cuts, strict=True):
                said = {p.fact for p in session.plants if p.message < cut.messages}
                assert set(planned.ask) <= said
