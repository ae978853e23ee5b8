"""What every kind of question must keep, as a check that anyone who adds one can run against it."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from harness.core.protocols import Computing
from harness.core.scenario import Counts, Question, Value
from harness.core.session import Plant
from harness.core.spec import Spec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import TypeAlias

    from harness.core.protocols import Kind

    Says: TypeAlias = Callable[[str, int], Value]
    """The value of a fact at its n-th saying."""

_MANY = 4
"""Facts of the largest question that is tried."""


def check_kind(
    kind: Kind,
    *,
    values: Sequence[str] = (),
    facts: int | None = None,
    says: Callable[[str, int], Value] | None = None,
) -> None:
    """Check that a kind repeats itself, needs only what was said, and expects only what could be.

    It is tried on sessions that say its facts in several orders, in part, and not at all.

    Args:
        kind: The kind.
        values: The answers to choose from, for a kind that asks its questions with such: as many
            as the file would list.
        facts: How many facts a question is about, for a kind that takes only some numbers; any
            that it takes unless said.
        says: The value of a fact at its n-th saying, for a kind that takes only some values.

    Raises:
        AssertionError: A clause of the contract is broken; the message says which.
    """
    least, most = kind.facts
    _claim(least >= 0 and (most is None or most >= least), "`facts` is (least, most or None)")
    _claim(kind.counts in get_args(Counts) and kind.counts != "rule", "`counts` is one of Counts")
    Spec.parse(kind.score)
    listed = tuple(map(Value, values))
    numbers = range(least, min(most or _MANY, _MANY) + 1) if facts is None else (facts,)
    for number in numbers:
        usual, top = kind.sayings(number)
        _claim(0 <= usual <= top, f"`sayings({number})` is (usual, most)")
        about = tuple(f"fact-{index}" for index in range(number))
        question = Question(id="q", about=about, ask=("?",), values=listed)
        share = kind.guess(question)
        _claim(0.0 <= share <= 1.0, f"`guess` lies in [0, 1], and is {share!r}")
        for ledger in _ledgers(about, usual, says or _value):
            _check_ledger(kind, question, ledger, usual, says or _value)


def _check_ledger(
    kind: Kind, question: Question, said: Sequence[Plant], usual: int, says: Says
) -> None:
    """One question after one session."""
    drawn = {fact: [says(fact, n) for n in range(usual)] for fact in question.about}
    needs = list(kind.needs(question, said))
    right = list(kind.expected(question, said, drawn))
    _claim(needs == list(kind.needs(question, said)), "`needs` gives the same twice")
    _claim(right == list(kind.expected(question, said, drawn)), "`expected` gives the same twice")
    _claim(all(plant in said for plant in needs), "`needs` gives plants that were said")
    if isinstance(kind, Computing):
        others = list(kind.others(question, right))
        _claim(not any(value in right for value in others), "`others` gives no right answer")
    else:
        known = {value.text for values in drawn.values() for value in values}
        known |= {value.text for value in question.values}
        said_so = all(value.text in known for value in right)
        _claim(said_so, "`expected` gives values of facts or file, or the kind has `others`")
    if said and all(sum(p.fact == fact for p in said) == usual for fact in question.about):
        _claim(bool(needs) == bool(right), "what is expected rests on plants, and nothing on none")


def _ledgers(about: Sequence[str], usual: int, says: Says) -> Iterator[tuple[Plant, ...]]:
    """Sessions that say the facts in order and the other way round, one of them alone, and none."""
    forward = [(fact, n) for fact in about for n in range(usual)]
    backward = [(fact, n) for fact in reversed(about) for n in range(usual)]
    for order in (forward, backward, forward[:1], []):
        yield tuple(
            Plant(
                fact=fact,
                ordinal=ordinal,
                value=says(fact, ordinal),
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
