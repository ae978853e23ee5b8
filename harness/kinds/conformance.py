"""What every kind of question must keep, as a check that anyone who adds one can run against it."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from harness.core.scenario import Counts, Question, Value
from harness.core.session import Plant
from harness.core.spec import Spec

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.core.protocols import Kind

_MANY = 4
"""Facts of the largest question that is tried."""


def check_kind(kind: Kind, *, values: Sequence[str] = ()) -> None:
    """Check that a kind repeats itself, needs only what was said, and expects only what could be.

    It is tried on sessions that say its facts in several orders, in part, and not at all.

    Args:
        kind: The kind.
        values: The answers to choose from, for a kind that asks its questions with such: as many
            as the file would list.

    Raises:
        AssertionError: A clause of the contract is broken; the message says which.
    """
    least, most = kind.facts
    _claim(least >= 0 and (most is None or most >= least), "`facts` is (least, most or None)")
    _claim(kind.counts in get_args(Counts) and kind.counts != "rule", "`counts` is one of Counts")
    Spec.parse(kind.score)
    listed = tuple(map(Value, values))
    for number in range(least, min(most or _MANY, _MANY) + 1):
        usual, top = kind.sayings(number)
        _claim(0 <= usual <= top, f"`sayings({number})` is (usual, most)")
        about = tuple(f"fact-{index}" for index in range(number))
        question = Question(id="q", about=about, ask=("?",), values=listed)
        share = kind.guess(question)
        _claim(0.0 <= share <= 1.0, f"`guess` lies in [0, 1], and is {share!r}")
        for ledger in _ledgers(about, usual):
            _check_ledger(kind, question, ledger, usual)


def _check_ledger(kind: Kind, question: Question, said: Sequence[Plant], usual: int) -> None:
    """One question after one session."""
    drawn = {fact: [_value(fact, n) for n in range(usual)] for fact in question.about}
    needs = list(kind.needs(question, said))
    right = list(kind.expected(question, said, drawn))
    _claim(needs == list(kind.needs(question, said)), "`needs` gives the same twice")
    _claim(right == list(kind.expected(question, said, drawn)), "`expected` gives the same twice")
    _claim(all(plant in said for plant in needs), "`needs` gives plants that were said")
    known = {value.text for values in drawn.values() for value in values}
    known |= {value.text for value in question.values}
    _claim(all(value.text in known for value in right), "`expected` gives values of facts or file")
    if said and {plant.fact for plant in said} == set(question.about):
        _claim(bool(needs) == bool(right), "what is expected rests on plants, and nothing on none")


def _ledgers(about: Sequence[str], usual: int) -> Iterator[tuple[Plant, ...]]:
    """Sessions that say the facts in order and the other way round, one of them alone, and none."""
    forward = [(fact, n) for fact in about for n in range(usual)]
    backward = [(fact, n) for fact in reversed(about) for n in range(usual)]
    for order in (forward, backward, forward[:1], []):
        yield tuple(
            Plant(
                fact=fact,
                ordinal=ordinal,
                value=_value(fact, ordinal),
                message=2 * place,
                offset_tokens=100 * place,
                tokens=20,
                position_requested=None,
            )
            for place, (fact, ordinal) in enumerate(order)
        )


def _value(fact: str, ordinal: int) -> Value:
    return Value(f"value {ordinal} of {fact}")


def _claim(holds: bool, clause: str) -> None:
    if not holds:
        raise AssertionError(f"the contract of kinds is broken: {clause}")
