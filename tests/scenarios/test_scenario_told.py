"""Facts that turns of a script say in their own words: what may be written, and what not."""

from __future__ import annotations

import pytest

from harness.scenarios import check_seeds, load

SCRIPT = """\
schema: 1
name: told
facts:
  - id: cat
    values: [Tom]
    ask: "What is the cat called?"
script:
  - {user: "Tom is our cat.", assistant: "Tom, I see.", says: cat}
  - {probe: cat}
"""


def test_a_turn_may_say_a_fact_and_the_answer_may_stand_elsewhere_too(write):
    made = load(write(SCRIPT))
    assert made.facts[0].told
    assert made.script[0].says == ("cat",)
    assert made.written_out
    check_seeds(made, 40)


def test_turns_may_say_a_set_between_them(write):
    cats = SCRIPT.replace("[Tom]", "[Tom, Rex]").replace(
        "cat\n", "cat\n    kind: set\n    pick: 2\n"
    )
    made = load(write(cats))
    assert (made.facts[0].told, made.facts[0].pick) == (True, 2)
    assert [str(question.kind) for question in made.questions] == ["set"]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("says: cat", "says: cart", "unknown fact 'cart': did you mean 'cat'?"),
        ("ask:", "say: 'It is {value}.'\n    ask:", "fact 'cat' has a 'say' of its own; plant"),
        ("[Tom]", "[Tom, Rex]", "fact 'cat' needs exactly one value: the answer that this turn"),
        ("[Tom]", "{generate: name}", "fact 'cat' needs exactly one value: the answer"),
        ("- id: cat", "- id: cat\n    kind: update", "is of kind update, and a turn can only say"),
        ("- id: cat", "- id: cat\n    kind: set", "has 1 values and 'pick: 3'; turns say"),
        ("- {probe: cat}", "- {plant: cat}\n  - {probe: cat}", "fact 'cat' is said by a turn"),
        ("- {probe: cat}", "- {user: a, assistant: b}", "the script never asks for fact 'cat'"),
        ("says: cat}", "says: []}", "expected at least one entry"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_at_its_place(said, old, new, problem):
    found = said(SCRIPT.replace(old, new))
    assert any(problem in one for one in found), found


def test_a_script_that_draws_nothing_is_one_session_and_one_that_does_is_not(write):
    never = SCRIPT.replace("    values: [Tom]\n", "    kind: abstain\n").replace(", says: cat", "")
    assert load(write(never)).written_out
    assert not load(write(never.replace("  - {probe", "  - {filler: 1.0}\n  - {probe"))).written_out
