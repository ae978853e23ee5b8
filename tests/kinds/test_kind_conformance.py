"""Every built-in kind keeps the contract, and the checker tells how one is broken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pytest

from harness.core.errors import UsageError
from harness.core.scenario import Question, Value
from harness.core.session import Plant
from harness.core.spec import Spec
from harness.kinds import check_kind, kinds, load_kind
from harness.kinds.answers import expected, guess, needed, stale
from harness.kinds.recall import RecallKind

BUILT_IN = ("abstain", "recall", "set", "update")
"""Those whose questions need nothing beside their facts; the others have a file of tests."""


def plant(fact, ordinal, place):
    return Plant(
        fact=fact,
        ordinal=ordinal,
        value=Value(f"{fact}{ordinal}"),
        message=place,
        offset_tokens=place,
        tokens=1,
        position_requested=None,
    )


SAID = (plant("a", 0, 0), plant("b", 0, 1), plant("a", 1, 2))
DRAWN = {"a": (Value("a0"), Value("a1")), "b": (Value("b0"),)}


def asked(kind, *about, **more):
    return Question(id="q", kind=Spec.parse(kind), about=about, ask=("?",), **more)


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_built_in_kind_keeps_the_contract(name):
    check_kind(kinds.resolve(name))


@pytest.mark.parametrize(
    ("question", "needs", "right", "superseded"),
    [
        (asked("recall", "b"), ["b0"], ["b0"], []),
        (asked("update", "a"), ["a1"], ["a1"], ["a0"]),
        (asked("set", "a"), ["a0", "a1"], ["a0", "a1"], []),
        (asked("set", "a", "b"), ["a0", "b0", "a1"], ["a0", "b0", "a1"], []),
        (asked("abstain"), [], [], []),
    ],
)
def test_a_kind_says_what_an_answer_needs_and_what_is_right(question, needs, right, superseded):
    values = expected(question, SAID, DRAWN)
    assert [one.value.text for one in needed(question, SAID)] == needs
    assert [value.text for value in values] == right
    assert [value.text for value in stale(question, SAID, values)] == superseded


def test_a_control_knows_what_would_have_been_right():
    assert expected(asked("update", "a"), (), DRAWN) == (Value("a0"),)
    assert expected(asked("set", "a"), (), DRAWN) == DRAWN["a"]


@dataclass(frozen=True)
class Broken(RecallKind):
    """A kind with one thing wrong."""

    share: ClassVar[float] = 0.0
    needs_too: ClassVar[tuple[Plant, ...]] = ()
    gives: ClassVar[object] = None

    def needs(self, _question, said, /):
        return [*said[-1:], *self.needs_too]

    def expected(self, question, said, drawn, /):
        return super().expected(question, said, drawn) if self.gives is None else self.gives

    def guess(self, _question, /):
        return self.share


@pytest.mark.parametrize(
    ("changes", "clause"),
    [
        ({"share": 2.0}, r"`guess` lies in \[0, 1\], and is 2.0"),
        ({"needs_too": (plant("z", 0, 9),)}, "`needs` gives plants that were said"),
        ({"gives": [Value("made up")]}, "`expected` gives values of facts or file"),
        ({"gives": []}, "what is expected rests on plants"),
        ({"counts": "rule"}, "`counts` is one of Counts"),
    ],
)
def test_a_kind_that_breaks_the_contract_is_told_how(changes, clause):
    with pytest.raises(AssertionError, match=clause):
        check_kind(type("Changed", (Broken,), changes)())


class Mute:
    """No kind at all."""


class Half:
    """The methods of a kind, and nothing that it says of itself."""

    sayings = RecallKind.sayings
    needs = RecallKind.needs
    expected = RecallKind.expected
    guess = RecallKind.guess


class Odd(Broken):
    counts = "elsewhere"


class Fails(Broken):
    def expected(self, _question, _said, _drawn, /):
        raise KeyError("nothing here")

    def needs(self, _question, _said, /):
        return [plant("z", 0, 9)]

    def guess(self, _question, /):
        return 7


HERE = "tests.kinds.test_kind_conformance"


def test_what_is_no_kind_is_refused_by_name():
    with pytest.raises(UsageError, match="Mute' has no method 'sayings'; see Kind"):
        load_kind(Spec(f"{HERE}:Mute"))
    with pytest.raises(UsageError, match=r"Half' has no 'facts'; see harness\.core\.protocols"):
        load_kind(Spec(f"{HERE}:Half"))
    with pytest.raises(UsageError, match="counts towards 'elsewhere'; expected recall, abstain"):
        load_kind(Spec(f"{HERE}:Odd"))


def test_a_kind_that_fails_is_told_with_the_question_it_failed_on():
    load_kind(Spec(f"{HERE}:Fails"))
    load_kind(Spec(f"{HERE}:Gives"))
    question = asked(f"{HERE}:Fails", "a")
    with pytest.raises(UsageError, match="fails on question 'q': KeyError: 'nothing here'"):
        expected(question, SAID, DRAWN)
    with pytest.raises(UsageError, match="'needs' gives a plant that was not said"):
        needed(question, SAID)
    with pytest.raises(UsageError, match=r"'guess' lies in \[0, 1\], and is 7.0"):
        guess(question)
    with pytest.raises(UsageError, match="'expected' gives values, not"):
        expected(asked(f"{HERE}:Gives", "a"), SAID, DRAWN)


class Gives(Broken):
    gives = ("text",)


def test_an_open_question_has_no_values_of_its_own():
    with pytest.raises(UsageError, match="a question of kind recall has no 'values' of its own"):
        expected(asked("recall", "a", values=(Value("x"),)), SAID, DRAWN)
