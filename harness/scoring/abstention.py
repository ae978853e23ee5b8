"""Does the reply say that it does not know, or that it will not say?

Its one rule: an abstention names nothing. "I'm not sure, but I think it was dry" is an answer, and
so is any reply that brings up a value of the session, right or wrong. The phrases are in
`harness.scoring.phrases`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from harness.core.text import read
from harness.scoring.mentions import named
from harness.scoring.normalise import answer
from harness.scoring.phrases import GUESS, OPENING, REFUSAL, UNKNOWN, WHOLE

if TYPE_CHECKING:
    from harness.core.probe import Probe


def says_unknown(text: str) -> bool:
    """Whether a text says that something is not known or was never said, and then guesses nothing.

    >>> says_unknown("That was never specified."), says_unknown("I'm not sure; I think it was May.")
    (True, False)
    """
    plain = _clauses(answer(text))
    if WHOLE.search(plain):
        return True
    if not (UNKNOWN.search(plain) or OPENING.search(plain)):
        return False
    return not GUESS.search(plain)


def refuses(text: str) -> bool:
    """Whether a text declines to answer, for another reason than not knowing.

    >>> refuses("I'm sorry, but I can't assist with that."), refuses("I can't find it, sorry.")
    (True, False)
    """
    return REFUSAL.search(_clauses(answer(text))) is not None and not says_unknown(text)


def abstains(probe: Probe, reply: str) -> bool:
    """Whether a reply says that it does not know, and names no value at all."""
    said = named(probe, reply)
    return not said.right and not said.wrong and says_unknown(reply)


@lru_cache(maxsize=1 << 10)
def _clauses(text: str) -> str:
    """The normal form as one line, with a mark where a clause ends."""
    form = read(text)
    parts = []
    for i, (word, gap) in enumerate(zip(form.words, form.gaps, strict=True)):
        if gap and i:
            parts.append(gap)
        parts.append(word)
    return " ".join(parts)
