"""Values come from the seed: repeatable, shared by no two seeds, and told apart in one session."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.core.errors import FileError
from harness.core.scenario import Fact, Scenario, Value
from harness.core.text import contains, words
from harness.scenarios import check_seeds, decoys, draw_values, load, shape
from harness.scenarios.generators import permuted, space, word_list

KINDS = ("code", "number", "name", "date", "word")
MIN_NAMES, MIN_NOUNS = 20_000, 1_000


def scenario(*facts: Fact, name: str = "x", system: str | None = None) -> Scenario:
    return Scenario(name=name, path="x.yaml", source="", system=system, facts=facts, hash="")


def generated(kind: str, number: int = 0, **keys: object) -> Fact:
    return Fact(id=f"{kind}{number}", say=("{value}",), generate=kind, **keys)


@given(
    size=st.integers(1, 5000),
    key=st.text(max_size=5),
    picks=st.sets(st.integers(0, 4999), max_size=50),
)
def test_an_order_holds_every_place_once(size, key, picks):
    places = {n for n in picks if n < size}
    found = {permuted(n, size, key) for n in places}
    assert len(found) == len(places)
    assert all(0 <= place < size for place in found)


@pytest.mark.parametrize("kind", KINDS)
@given(key=st.text(max_size=5), start=st.integers(0, 1000))
def test_no_two_values_of_a_generator_share_a_spelling(kind, key, start):
    made = space(kind, key)
    forms = [
        {words(text) for text in made.nth(n % made.size).spellings}
        for n in range(start, start + 30)
    ]
    assert sum(map(len, forms)) == len(set().union(*forms))


def test_generators_draw_the_same_on_all_machines():
    assert [space(kind, "a key").nth(7).text for kind in KINDS] == [
        "KJ-4605",
        "36505",
        "Katarzyna Throckmorton",
        "25 September 2031",
        "trireme",
    ]


def test_there_are_enough_names_and_nouns_and_none_is_both():
    nouns, first, last = map(word_list, ("nouns", "first_names", "surnames"))
    for names in (nouns, first, last):
        assert len(set(names)) == len(names)
    assert len(nouns) >= MIN_NOUNS
    assert space("name", "k").size == len(first) * len(last) >= MIN_NAMES
    assert math.gcd(len(first), len(last)) == 1
    assert not set(nouns) & {name.lower() for name in first + last}
    assert all(re.fullmatch("[a-z]{3,}", noun) and words(noun) == (noun,) for noun in nouns)


def test_neighbouring_names_share_no_part():
    made = space("name", "k")
    parts = [part for n in range(150) for part in made.nth(n).text.split()]
    assert len(set(parts)) == 300


@given(st.integers(0, 85_499))
def test_numbers_are_neither_round_nor_years(n):
    number = int(space("number", "k").nth(n).text)
    assert 5_000 < number < 100_000
    assert number % 10


@given(st.integers(0, 3_887))
def test_dates_are_accepted_as_people_write_them(n):
    value = space("date", "k").nth(n)
    day, month, year = value.text.split()
    assert f"{month} {day}, {year}" in value.accept
    assert any(re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) for text in value.accept)
    assert any(re.fullmatch(rf"{day}(st|nd|rd|th) of {month} {year}", t) for t in value.accept)
    assert len({words(text) for text in value.spellings}) == 1


@pytest.mark.parametrize("kind", ["code", "number", "date"])
@given(n=st.integers(0, 3_000))
def test_a_shape_finds_every_spelling_in_a_reply(kind, n):
    fact = generated(kind)
    pattern = re.compile(shape(fact) or "")
    for text in space(kind, "k").nth(n).spellings:
        for reply in (text, f"It was {text}.", f"({text}), I think", text.lower()):
            found = pattern.search(reply)
            assert found is not None, reply
            assert words(found.group()) == words(text)


@pytest.mark.parametrize(
    ("kind", "reply"),
    [
        ("code", "the KG-2310 or KX-9999 or KX-23101"),
        ("number", "in 2026, at 10:30, about 1,200 or 4.5 or 123456 or v12345"),
        ("date", "on 14 March, or in March 2027, or 2027-3"),
    ],
)
def test_a_shape_finds_nothing_else(kind, reply):
    assert re.search(shape(generated(kind)) or "", reply) is None


def test_names_nouns_and_lists_have_no_shape():
    listed = Fact(id="a", values=(Value("dry"),))
    assert [shape(fact) for fact in (generated("name"), generated("word"), listed)] == [None] * 3


def test_decoys_are_the_listed_values_that_were_not_said():
    values = (Value("dry"), Value("tender", ("soft",)), Value("wry"))
    fact = Fact(id="a", values=values)
    assert decoys(fact, values[1:2]) == (values[0], values[2])
    assert decoys(fact) == values
    assert decoys(generated("word"), (Value("falcon"),)) == ()


def test_draws_repeat_and_depend_on_the_names_alone():
    values = tuple(Value(f"v{n}") for n in range(100))
    fact = Fact(id="a", values=values)
    other = Fact(id="b", values=tuple(Value(f"w{n}") for n in range(100)))
    alone, both = scenario(fact), scenario(other, fact)
    drawn = [draw_values(alone, seed)["a"] for seed in range(100)]
    assert drawn == [draw_values(both, seed)["a"] for seed in range(100)]
    assert {value for (value,) in drawn} == set(values)
    assert drawn != [draw_values(scenario(fact, name="y"), seed)["a"] for seed in range(100)]


def test_an_abstain_fact_has_no_values():
    fact = Fact(id="a", pick=0)
    assert draw_values(scenario(fact), 5) == {"a": ()}


@given(seed=st.integers(0, 60))
def test_facts_of_one_generator_never_meet(seed):
    facts = [generated(kind, number, pick=number) for kind in KINDS for number in (1, 2, 3)]
    made = scenario(*facts)
    near = [draw_values(made, other) for other in range(seed, seed + 3)]
    forms = [words(value.text) for drawn in near for values in drawn.values() for value in values]
    assert len(forms) == 3 * 5 * 6
    assert not any(one is not two and contains(one, two) for one in forms for two in forms)


def test_nouns_that_the_scenario_says_anyway_are_not_drawn():
    taken = word_list("nouns")[:500]
    made = scenario(generated("word"), system=" ".join(taken))
    drawn = {draw_values(made, seed)["word0"][0].text for seed in range(600)}
    assert len(drawn) == 600
    assert not drawn & set(taken)


@pytest.mark.parametrize(
    ("values", "kind", "problem"),
    [
        (
            "[dry, tender, wry, terse]",
            "recall",
            (
                "fact 'tone' has 4 values, enough for 4 seeds; 1000 seeds were asked: add values, "
                "use {generate: ...}, or run with --seeds 4"
            ),
        ),
        (
            "[dry, tender, wry]",
            "update",
            (
                "fact 'tone' has 3 values, 2 a session, enough for 1 seed; 1000 seeds were asked: "
                "add values, use {generate: ...}, or run with --seeds 1"
            ),
        ),
        (
            "{generate: word}",
            "set",
            (
                "generator 'word' makes ALL values, 3 a session, enough for SOME seeds; 1000 seeds "
                "were asked: use another generator for some facts, or run with --seeds SOME"
            ),
        ),
    ],
)
def test_too_few_values_are_told_at_the_fact(small, write, values, kind, problem):
    nouns = len(word_list("nouns"))
    text = small.replace("[dry, tender]", values).replace("tone", f"tone\n    kind: {kind}")
    made = load(write(text))
    with pytest.raises(FileError) as caught:
        check_seeds(made, 1000)
    expected = problem.replace("ALL", str(nouns)).replace("SOME", str(nouns // 3))
    assert str(caught.value) == f"{made.path}:4:9: {expected}"
    with pytest.raises(FileError, match="1000 seeds were asked"):
        draw_values(made, 999)


def test_a_generated_value_that_holds_a_listed_one_is_told():
    months = tuple(Value(month) for month in ("March", "July"))
    made = scenario(generated("date"), Fact(id="month", values=months, pick=2))
    check_seeds(made, 0)
    with pytest.raises(FileError, match=r"x\.yaml: in seed 0, '\d+ \w+ \d+' of fact 'date0' holds"):
        check_seeds(scenario(generated("date", pick=200), *made.facts[1:]), 1)
