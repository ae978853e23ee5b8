"""Does the reply say that it does not know, or that it will not say?

Its one rule: an abstention names nothing. "I'm not sure, but I think it was dry" is an answer, and
so is any reply that brings up a value of the session, right or wrong. The phrases are in
`harness.scoring.phrases`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.core.caching import by_text
from harness.core.text import read
from harness.scoring.languages import grammar
from harness.scoring.mentions import named
from harness.scoring.normalise import answer
from harness.scoring.nothing_new import says_nothing_new, word_stems
from harness.scoring.phrases import (
    EMPTY,
    GUESS,
    OPENING,
    REFUSAL,
    UNKNOWN,
    UNTOLD,
    WHOLE,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.probe import Probe

_PAGES = 1_000
"""Words at either end of a reply that are searched for a phrase; few answers have as many."""
_LONGEST_WORD = 60
"""Characters of a word that matter to a phrase."""


def says_unknown(text: str, language: str = "en", *, question: str = "") -> bool:
    """Whether a text says that something is not known or was never said, and then guesses nothing.

    A model that is spoken to in another language may fall back to English; that is heard as well.

    Args:
        text: A reply.
        language: Code of the one that it may be written in.
        question: What was asked, which an abstention may repeat.

    >>> says_unknown("That was never specified."), says_unknown("I'm not sure; I think it was May.")
    (True, False)
    """
    if language != "en" and grammar(language).says_unknown(answer(text)):
        return True
    said = answer(text)
    plain = _clauses(said)
    if WHOLE.search(plain):
        return True
    if REFUSAL.search(plain) is None and says_nothing_new(read(said).words, _stems_of(question)):
        return True
    if not (UNKNOWN.search(plain) or OPENING.search(plain) or _only_untold(plain)):
        return False
    return not GUESS.search(plain)


def _clauses_of(plain: str) -> list[str]:
    """The clauses of a normal form."""
    return [clause.strip() for clause in re.split(r" ?[,.](?: |$)", plain)]


def _only_untold(plain: str) -> bool:
    """Whether some clause denies that something was told or is known, and no clause answers.

    So phrasings are heard that nobody listed; a refusal, which denies as well, is none.
    """
    clauses = _clauses_of(plain)
    untold = [bool(UNTOLD.search(clause)) for clause in clauses]
    if not any(untold) or REFUSAL.search(plain):
        return False
    pairs = zip(clauses, untold, strict=True)
    return all(denied or EMPTY.match(clause) for clause, denied in pairs)


def refuses(text: str, language: str = "en") -> bool:
    """Whether a text declines to answer, for another reason than not knowing.

    >>> refuses("I'm sorry, but I can't assist with that."), refuses("I can't find it, sorry.")
    (True, False)
    """
    if language != "en" and grammar(language).refuses(answer(text)):
        return True
    refused = REFUSAL.search(_clauses(answer(text))) is not None
    return refused and not says_unknown(text, language)


def abstains(probe: Probe, reply: str) -> bool:
    """Whether a reply says that it does not know, and names no value at all."""
    said = named(probe, reply)
    if said.right or said.wrong:
        return False
    return says_unknown(reply, probe.language, question=probe.question)


@by_text(1 << 8)
def _stems_of(question: str) -> frozenset[str]:
    """The words of a question, as stems."""
    return frozenset(word_stems(read(question).words))


@by_text(1 << 10)
def _clauses(text: str) -> str:
    """The normal form as one line, with a mark where a clause ends.

    Of a text of many pages, only how it begins and how it ends: nobody says so in between.
    """
    form = read(text)
    if len(form.words) > 2 * _PAGES:
        first = _line(form.words[:_PAGES], form.gaps[:_PAGES])
        return f"{first} . {_line(form.words[-_PAGES:], form.gaps[-_PAGES:])}"
    return _line(form.words, form.gaps)


def _line(words: Sequence[str], gaps: Sequence[str]) -> str:
    parts = []
    for i, (word, gap) in enumerate(zip(words, gaps, strict=True)):
        if gap and i:
            parts.append(gap)
        parts.append(word if len(word) <= _LONGEST_WORD else word[:_LONGEST_WORD])
    return " ".join(parts)
