"""What we ship can be answered by reading, and by nothing else.

A small reader of its own: words without endings, of which a question and the sentence that answers
it share most, and of which it shares few with any other sentence.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

import pytest

from harness.core.messages import Message
from harness.core.text import contains, words
from harness.models.reference.orders import orders
from harness.models.reference.text import stems as read_stems
from harness.scenarios import check_seeds, draw_values, load_all
from harness.scoring.rules import rules
from harness.sessions.tokens import MESSAGE_OVERHEAD, TokenCounter
from tests.scenarios.conftest import SHIPPED

if TYPE_CHECKING:
    from harness.core.scenario import Fact, Scenario

SEEDS = 40
MIN_FACTS, MIN_VALUES = 28, 40
MAX_SYSTEM_TOKENS, MAX_PLANT_TOKENS = 60, 45
ENOUGH, TOO_MUCH = 0.65, 0.35
KINDS = {
    "agent-debugging": {"recall", "update"},
    "agent-research": {"recall", "abstain"},
    "brand-voice": {"recall", "update", "set"},
    "client-call": {"recall", "abstain"},
    "compaction-rounds": {"recall", "update"},
    "contradictions": {"recall", "update", "abstain"},
    "design-decisions": {"recall", "update"},
    "disposable-threads": {"recall", "update"},
    "hausverwaltung": {"recall", "update", "abstain"},
    "house-rules": {"recall", "set"},
    "needle": {"recall", "set"},
    "ryokan": {"recall", "update", "abstain"},
    "sidebar": {"recall"},
    "spec-review": {"recall", "update"},
    "tuesday-wednesday": {"recall", "set", "abstain"},
    "weeks-of-work": {"recall", "update", "set"},
}
BEYOND = {
    "latent": {"latent"},
    "ledger": {"count", "order", "when"},
    "moving-target": {"latest", "reversal"},
    "siblings": {"sibling"},
    "two-people": {"recall", "update", "abstain"},
}
"""Those whose answers no single sentence holds, or whose sentences are alike on purpose."""
BOUNDARIES = {
    "contradictions": 3,
    "disposable-threads": 9,
    "sidebar": 2,
    "tuesday-wednesday": 1,
    "weeks-of-work": 3,
}
COMMON = frozenset(
    re.findall(
        r"\w+",
        "a all am an and are as at be because been before but by can could did do does every for "
        "from get give given got had has have having how i if in into is it its just like list "
        "many may me must my name no not now of off on one only or our please s say says should so "
        "tell than that the their them then they thing this to under until up us was we were what "
        "when where which who will with would you your after against during about being",
    )
)


def stems(text: str, language: str = "en") -> set[str]:
    """Words without their endings, common ones left out."""
    if language != "en":
        return set(read_stems(text, language))
    found = set()
    for word in re.findall(r"[a-z0-9]+", text.lower()):
        if word not in COMMON:
            short = re.sub(r"(ing|ed|ly|es|(?<!s)s|e)$", "", word) if len(word) > 3 else word
            found.add(re.sub(r"([bdgnprt])\1$", r"\1", short))
    return found


def sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.!?])\s+|(?<=[。？])", text) if part]


def question(ask: str, language: str) -> set[str]:
    asking = [part for part in sentences(ask) if part.endswith(("?", "？"))] or sentences(ask)
    return stems(" ".join(asking), language)


def telling(text: str, language: str) -> set[str]:
    """The words of the sentence that holds the value."""
    (sentence,) = (part for part in sentences(text) if "{value}" in part)
    return stems(sentence.replace("{value}", ""), language)


def share(asked: set[str], said: set[str]) -> float:
    return len(asked & said) / len(asked)


def facts(shipped: tuple[Scenario, ...]) -> list[tuple[Scenario, Fact]]:
    return [(scenario, fact) for scenario in shipped for fact in scenario.facts]


def asks(scenario: Scenario, fact: Fact) -> tuple[str, ...]:
    return scenario.question(fact.id).ask


def kind(scenario: Scenario, fact: Fact) -> str:
    return scenario.question(fact.id).kind.name


@pytest.fixture(name="shipped")
def shipped_for_recall(shipped) -> tuple[Scenario, ...]:
    return tuple(scenario for scenario in shipped if scenario.name not in BEYOND)


def test_those_beyond_one_sentence_are_there_with_what_they_are_for():
    scenarios = load_all([SHIPPED])
    found = {one.name: {asked.kind.name for asked in one.questions} for one in scenarios}
    assert {name: found[name] for name in BEYOND} == BEYOND
    assert found.keys() == BEYOND.keys() | KINDS.keys()
    for name in BEYOND:
        check_seeds(next(one for one in scenarios if one.name == name), SEEDS)


def test_the_scenarios_are_there_with_what_they_are_for(shipped):
    found = {scenario.name: {one.kind.name for one in scenario.questions} for scenario in shipped}
    assert found == KINDS
    assert len(facts(shipped)) >= MIN_FACTS
    for scenario in shipped:
        layout = {"needle": "grid"}.get(scenario.name, "growing")
        assert scenario.layout == ("script" if scenario.script else layout)
        assert bool(scenario.positions) == (scenario.layout == "grid")
        assert (scenario.expect.recall_at_least is None) == (scenario.name == "sidebar")
        assert len(scenario.boundaries) == BOUNDARIES.get(scenario.name, 0)
        assert len(scenario.rules) == {"house-rules": 4, "compaction-rounds": 2}.get(
            scenario.name, 0
        )


def test_there_are_wordings_and_values_enough(shipped):
    for scenario, fact in facts(shipped):
        label = f"{scenario.name}, {fact.id}"
        assert len(set(asks(scenario, fact))) >= 2, label
        if fact.pick:
            assert len(set(fact.say)) >= 2, label
            assert len(set(fact.reply)) >= 2, label
            assert fact.generate or len(fact.values) >= MIN_VALUES * fact.pick, label
        assert (kind(scenario, fact) == "update") == bool(fact.amend), label


def test_no_two_of_forty_seeds_share_a_value(shipped):
    for scenario in shipped:
        check_seeds(scenario, SEEDS)
        drawn = [draw_values(scenario, seed) for seed in range(SEEDS)]
        assert drawn == [draw_values(scenario, seed) for seed in range(SEEDS)]
        by_seed = [
            {
                words(text, scenario.language)
                for value in chain(*values.values())
                for text in value.spellings
            }
            for values in drawn
        ]
        assert sum(map(len, by_seed)) == len(set().union(*by_seed)), scenario.name


def test_no_value_of_a_session_holds_another(shipped):
    for scenario in shipped:
        for seed in range(0, SEEDS, 4):
            values = [*chain(*draw_values(scenario, seed).values())]
            for one in values:
                for other in values:
                    assert one is other or not contains(
                        words(one.text, scenario.language), words(other.text, scenario.language)
                    )


def test_every_question_shares_most_of_its_words_with_its_own_plants(shipped):
    for scenario, fact in facts(shipped):
        for ask in asks(scenario, fact):
            for said in fact.say + fact.amend:
                assert (
                    share(question(ask, scenario.language), telling(said, scenario.language))
                    >= ENOUGH
                ), (scenario.name, ask, said)


def test_no_question_shares_much_with_anything_else_that_is_said(shipped):
    for scenario, fact in facts(shipped):
        others = [other for other in scenario.facts if other is not fact]
        texts = [scenario.system or ""]
        for other in others:
            texts += [*other.say, *other.amend, *other.reply]
        for ask in asks(scenario, fact):
            for said in chain(*map(sentences, texts)):
                assert (
                    share(question(ask, scenario.language), stems(said, scenario.language))
                    < TOO_MUCH
                ), (scenario.name, ask, said)


def test_an_amendment_shares_all_that_the_first_saying_shared(shipped):
    for scenario, fact in facts(shipped):
        for ask in asks(scenario, fact) if fact.amend else ():
            asked = question(ask, scenario.language)
            for said in fact.say:
                for amended in fact.amend:
                    lost = (asked & telling(said, scenario.language)) - telling(
                        amended, scenario.language
                    )
                    assert not lost, (scenario.name, ask, said, amended)


def test_all_items_of_a_set_answer_alike(shipped):
    for scenario, fact in facts(shipped):
        for ask in asks(scenario, fact) if kind(scenario, fact) == "set" else ():
            shared = {
                frozenset(question(ask, scenario.language) & telling(said, scenario.language))
                for said in fact.say
            }
            assert len(shared) == 1, (scenario.name, ask)


def test_no_reply_of_the_assistant_answers_in_place_of_the_plant(shipped):
    for scenario, fact in facts(shipped):
        for ask in asks(scenario, fact):
            for said in chain(*map(sentences, fact.reply)):
                assert (
                    share(question(ask, scenario.language), stems(said, scenario.language)) < ENOUGH
                ), (scenario.name, ask, said)


def test_a_reader_understands_every_house_rule(shipped):
    understood = {}
    for scenario in shipped:
        told = [Message("user", rule.say) for rule in scenario.rules]
        understood[scenario.name] = [order.kind for order in orders(told)]
        for rule in scenario.rules:
            check = rules.resolve(rule.check)
            if rule.check.name != "starts_with":
                assert check.check(rule.reply).value == 1.0
    assert understood["house-rules"] == ["sentence", "opening", "ban", "prose"]
    assert understood["compaction-rounds"] == ["sentence", "prose"]


@pytest.mark.parametrize("seeds", [SEEDS])
def test_plants_and_system_prompts_fit_nearly_empty_windows(shipped, seeds):
    counter = TokenCounter()
    for scenario in shipped:
        assert counter.count_text(scenario.system or "") <= MAX_SYSTEM_TOKENS
        drawn = [draw_values(scenario, seed) for seed in range(seeds)]
        for fact in scenario.facts:
            for value in chain(*(values[fact.id] for values in drawn)):
                said, answered = (
                    max(counter.count_text(text.replace("{value}", value.text)) for text in texts)
                    for texts in (fact.say + fact.amend, fact.reply)
                )
                assert said + answered + 2 * MESSAGE_OVERHEAD <= MAX_PLANT_TOKENS, (
                    fact.id,
                    value,
                )
