"""The law-checker for those who add a reference law, and the measurement that calibrates one.

Call `check_law` in the one test of a new law. A calibration compares `observe` with what the law
says of itself.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.errors import OverflowRefusedError
from harness.core.messages import Message
from harness.models.reference import DONT_KNOW
from harness.models.reference.base import tokens_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.models.reference import Answer, Law

_FILLS = tuple(step / 20 for step in range(31))
_POSITIONS = tuple(step / 10 for step in range(11))
_ASKED_FOR = 2
"""Parameters of `answer`: the messages, and the most tokens of the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """How often a law read what it was told, beside how often it says that it does."""

    asked: int
    found: int
    expected: float
    """Mean of the law's own recall over the prompts, at their true fills and positions."""


def check_law(law: Law) -> None:
    """Hold a reference law to what every one of them must keep.

    Its ceiling is a number; its recall is a probability, whatever the fill; it is handed messages
    and nothing else; it quotes them or says that it does not know; the same prompt gets the same
    answer; its meter reads whole tokens or nothing.

    Raises:
        AssertionError: The first law that is broken, in one sentence.
    """
    _must(law.limit > 0, f"limit is {law.limit!r}, no token count")
    taken = inspect.signature(law.answer).parameters
    _must(
        len(taken) <= _ASKED_FOR and next(iter(taken), "") == "messages",
        f"answer takes {tuple(taken)}: a reader is handed messages and nothing else",
    )
    for fill in _FILLS:
        for position in _POSITIONS:
            share = law.recall(fill, position)
            _must(0.0 <= share <= 1.0, f"recall({fill}, {position}) is {share}, not in [0, 1]")
            _must(
                law.recall(fill, position) == share,
                f"recall({fill}, {position}) differs from call to call",
            )
    for number in range(20):
        _check_answer(law, told(number, tokens=40 * number, position=0.3))


def _check_answer(law: Law, prompt: Sequence[Message]) -> None:
    """Hold one answer of a law to what every answer must keep."""
    first = _answer(law, prompt)
    again = _answer(law, [Message(message.role, message.content) for message in prompt])
    _must(first == again, f"the same prompt got two answers: {first!r}, {again!r}")
    if first is None:
        return
    whole = "\n".join(message.text for message in prompt)
    for line in first.text.splitlines():
        _must(line == DONT_KNOW or line in whole, f"'{line}' was in no message")
    for count in (first.prompt_tokens, first.completion_tokens):
        _must(count is None or count > 0, f"the meter reads {count!r} tokens")


def observe(law: Law, *, fill: float, position: float = 0.5, prompts: int = 400) -> Observation:
    """Ask a law about one fact in many prompts of one fill; each prompt says another value.

    Args:
        law: A reference law whose meter is read out.
        fill: Tokens of the prompt over the law's own limit, as near as whole messages come.
        position: Where the fact is said, likewise.
        prompts: How many are asked.
    """
    found = 0
    expected = 0.0
    for number in range(prompts):
        prompt = told(number, tokens=round(fill * law.limit), position=position)
        answer = law.answer(prompt)
        found += f"is {_value(number)}." in answer.text
        at = next(i for i, message in enumerate(prompt) if "northern" in message.text)
        before, session = tokens_of(prompt[:at]), tokens_of(prompt[:-1])
        expected += law.recall((answer.prompt_tokens or 0) / law.limit, before / session)
    return Observation(asked=prompts, found=found, expected=expected / prompts)


def told(number: int, *, tokens: int, position: float) -> list[Message]:
    """A prompt that says a fact and its neighbour among filler, and asks for the fact at the end.

    Args:
        number: Decides the fact's value, and nothing else.
        tokens: Length of the prompt; at least that of the fact and the question.
        position: Where the fact is said: 0 first, 1 last.
    """
    question = Message("user", "What is the entry code of the northern hangar?")
    fact = [
        Message("user", f"The entry code of the northern hangar is {_value(number)}."),
        Message("assistant", f"Noted: the entry code is {_value(number)}."),
    ]
    neighbour = [
        Message("user", f"The entry code of the southern hangar is {_value(number + 1)}."),
        Message("assistant", "Noted."),
    ]
    room = tokens - tokens_of([*fact, *neighbour, question])
    filler: list[Message] = []
    while room > 0:
        line = len(filler) // 2
        filler += (
            Message("user", f"Line {line} of the log: the tide was {line % 7} feet, wind west."),
            Message("assistant", f"Line {line} is kept."),
        )
        room -= tokens_of(filler[-2:]) - tokens_of(())
    at = 2 * round(position * len(filler) / 2)
    return [*neighbour, *filler[:at], *fact, *filler[at:], question]


def _value(number: int) -> str:
    """A code of four digits and a letter, another for every number below 10,000."""
    return f"{(number * 7919 + 1234) % 10_000:04d}{'ABCDEFGH'[number % 8]}"


def _answer(law: Law, prompt: Sequence[Message]) -> Answer | None:
    """The answer, or None for a refusal at the ceiling."""
    try:
        return law.answer(prompt)
    except OverflowRefusedError:
        return None


def _must(kept: bool, broken: str) -> None:
    """Say which law is broken."""
    if not kept:
        raise AssertionError(broken)
