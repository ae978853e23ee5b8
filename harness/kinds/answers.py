"""What a question's kind makes of what was said, checked on its way out.

Its one rule: a kind is somebody's own file. What it gives back is looked at, and what it raises
names the question, so that a wrong kind is never a wrong score.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from harness.core.errors import UsageError
from harness.core.protocols import Computing, Demanding, Waiting
from harness.core.scenario import Value
from harness.core.session import Plant
from harness.kinds import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.core.scenario import Fact, Question, Wording


def needed(question: Question, said: Sequence[Plant]) -> tuple[Plant, ...]:
    """The plants that a right answer needs, in the order in which they were said.

    Args:
        question: What is asked.
        said: The session's ledger up to the checkpoint, in order.

    Raises:
        UsageError: The kind fails, or needs what was not said.
    """
    own = _about(question, said)
    with _of(question):
        needs = list(kind_of(question.kind).needs(question, own))
        if any(plant not in own for plant in needs):
            raise TypeError("'needs' gives a plant that was not said of these facts")
    return tuple(plant for plant in own if plant in needs)


def expected(
    question: Question, said: Sequence[Plant], drawn: Mapping[str, Sequence[Value]]
) -> tuple[Value, ...]:
    """The values of a right answer; empty when the right answer is that it was never said.

    Args:
        question: What is asked.
        said: The session's ledger up to the checkpoint, in order.
        drawn: The values of each fact in this seed.

    Raises:
        UsageError: The kind fails, or expects what is no value.
    """
    with _of(question):
        found = tuple(kind_of(question.kind).expected(question, _about(question, said), drawn))
        if not all(isinstance(value, Value) for value in found):
            raise TypeError(f"'expected' gives values, not {found!r}")
    return found


def guess(question: Question) -> float:
    """What a reader who guesses would score, in [0, 1].

    Raises:
        UsageError: The kind fails, or gives no share.
    """
    with _of(question):
        share = float(kind_of(question.kind).guess(question))
        if not 0.0 <= share <= 1.0:
            raise TypeError(f"'guess' lies in [0, 1], and is {share!r}")
    return share


def stale(question: Question, said: Sequence[Plant], right: Sequence[Value]) -> tuple[Value, ...]:
    """Values of its facts that a later plant superseded, which the answer needs in their place."""
    own = _about(question, said)
    needs = needed(question, said)
    found = []
    for index, plant in enumerate(own):
        later = (other for other in own[index + 1 :] if other.fact == plant.fact)
        if plant.value not in right and any(other in needs for other in later):
            found.append(plant.value)
    return tuple(found)


def other_answers(question: Question, right: Sequence[Value]) -> tuple[Value, ...] | None:
    """Wrong answers to a question whose answers are no values of facts; None where they are.

    What the facts said is then neither right nor wrong: it may be given as the reason.

    Raises:
        UsageError: The kind fails.
    """
    kind = kind_of(question.kind)
    if _computes(type(kind)):
        with _of(question):
            return tuple(cast("Computing", kind).others(question, right))
    if question.values:
        return tuple(value for value in question.values if value not in right)
    return None


@lru_cache(maxsize=256)  # each question of each checkpoint asks, and a protocol answers slowly
def _computes(kind: type) -> bool:
    return issubclass(kind, Computing)


def waits(question: Question) -> bool:
    """Whether it is put only when its facts were said as often as a session says them."""
    kind = kind_of(question.kind)
    return isinstance(kind, Waiting) and kind.waits


def least_asked(question: Question, sayings: Mapping[str, int]) -> dict[str, int]:
    """How often each of its facts has to be said before a session that says them asks it.

    Args:
        question: Of something that a session says.
        sayings: How often the session says each.
    """
    whole = waits(question)
    return {fact: sayings[fact] if whole else 1 for fact in question.about}


def least_said(question: Question, sayings: Mapping[str, int]) -> dict[str, int]:
    """How often each of its facts has to be said before the question may be put.

    Args:
        question: What is asked.
        sayings: How often a session says each fact.

    Raises:
        UsageError: The kind fails.
    """
    if waits(question):
        return {fact: sayings[fact] for fact in question.about}
    needs = needed(question, rehearsal(question, sayings))
    return {fact: sum(plant.fact == fact for plant in needs) for fact in question.about}


def rehearse(
    question: Question, sayings: Mapping[str, int], facts: Sequence[Fact], wording: Wording
) -> None:
    """Ask the kind everything once, about a session that says everything and one that says nothing.

    Args:
        question: What is asked.
        sayings: How often a session says each fact.
        facts: Those that it is about, as the file has them, each with a value or two.
        wording: What the file says of its words.

    Raises:
        UsageError: The kind fails, or says that the question makes no sense.
    """
    kind = kind_of(question.kind)
    if isinstance(kind, Demanding):
        with _of(question):
            kind.demand(question, facts, wording)
    said = rehearsal(question, sayings, {fact.id: fact.values for fact in facts})
    drawn = {
        fact: tuple(plant.value for plant in said if plant.fact == fact) for fact in question.about
    }
    for ledger in (said, ()):
        needed(question, ledger)
        expected(question, ledger, drawn)
    guess(question)


def rehearsal(
    question: Question,
    sayings: Mapping[str, int],
    values: Mapping[str, Sequence[Value]] | None = None,
) -> tuple[Plant, ...]:
    """A ledger in which each of its facts is said as often as a session says it, one by one.

    Args:
        question: What is asked.
        sayings: How often a session says each fact.
        values: What the facts say, as far as that is known; names stand for the rest.
    """
    known = values or {}
    order = [(fact, ordinal) for fact in question.about for ordinal in range(sayings[fact])]
    return tuple(
        Plant(
            fact=fact,
            ordinal=ordinal,
            value=next(iter(known.get(fact, ())[ordinal:]), Value(f"{fact} {ordinal}")),
            message=2 * place,
            offset_tokens=100 * place,
            tokens=20,
            position_requested=None,
        )
        for place, (fact, ordinal) in enumerate(order)
    )


def _about(question: Question, said: Sequence[Plant]) -> tuple[Plant, ...]:
    return tuple(plant for plant in said if plant.fact in question.about)


@contextmanager
def _of(question: Question) -> Iterator[None]:
    """What fails inside is the kind's, and said with the question that it failed on."""
    try:
        yield
    except UsageError:
        raise
    except ValueError as error:
        raise UsageError(f"question '{question.id}': {error}") from error
    except Exception as error:  # a kind is somebody's own file, and may raise anything
        raise UsageError(
            f"kind '{question.kind}' fails on question '{question.id}':"
            f" {type(error).__name__}: {error}"
        ) from error
