"""Does a reply deny, and name nothing that its question did not?

Its one rule: an answer brings a word of its own, and whoever only speaks of telling, knowing and
finding, and denies it, has none. So phrasings are heard that nobody listed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.core.content_words import STOP_WORDS, stem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

_MOST_WORDS = 60
"""Whoever says more than this says something."""


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


_DENIALS = _listed("""
    not no never none nothing nobody nowhere neither nor without cannot unable unsure uncertain
    unclear lack lacking lacks missing absent blank lost hardly barely nil zero nada insufficient
    impossible stumped yet beyond outside fail failed fails hazy forgot forgotten mystery silent
    empty guess guessing withheld secret
""")
_KNOWING = _listed("""
    tell told telling say said saying says mention mentioned mentions mentioning state stated states
    give gave given gives giving share shared sharing provide provided provides specify specified
    supply supplied include included includes contain contains contained cover covered covers
    discuss discussed discussion talk talked touch touched raise raised bring brought disclose
    disclosed reveal revealed named naming names introduce introduced record recorded note noted
    notes log logged file filed save saved store stored list listed describe described refer
    referred reference references indicate indicated indicates indication know knows known knowing
    knew knowledge aware recall recalled remember remembered recollect recollection memory forget
    forgot forgotten find found finding see saw seen seeing hear heard hearing learn learned read
    show shown shows appear appears appeared come came coming surface surfaced information info
    detail details context clue idea notion hint trace sign evidence data conversation chat history
    message messages transcript text document exchange thread session answer answered guess
    guessing establish established have had got get hold receive received reach reached confirm
    confirmed verify verified determine determined identify identified work inform informed
    communicate communicated pass passed clarify clarified announce announced agree agreed decide
    decided settle settled fix fixed certain sure clear way tie pin attention loop picture mystery
    secret there here that go work
""")
_BESIDES = _listed("""
    sorry unfortunately regrettably regret apology apologies apologise apologize afraid alas
    honestly honest frank frankly hm hmm um uh well oh nope no actually currently simply anywhere
    anyone somewhere earlier before previous previously above below point part thing piece place bit
    far ever first last time today here have has had hold held keep kept possess access help like
    want wish love need try tried check checked look looked search searched scan scanned went gone
    go run through believe think seem seems suppose mean feel would could able possible question
    query ask asked asking reply respond response admit let
    day date number code value word title figure fact location spot city town street address person
    identity colour color price amount count total brand name sort kind type
    specific specifically particular exact exactly precise precisely explicit explicitly actual
    directly user assistant side end mine good any much leave left leaving out miss missed slip
    slipped escape escaped draw drawing please kindly again repeat remind refresh fill based
    according regard regarding concern concerning relate related available present ready hand handed
    position basis rest whole entire entirely really quite moment now line single passing two thus
    hence because since however although though unless until maybe perhaps otherwise either set sent
    send write wrote written type typed enter entered input great glad happy further more additional
    enough rather right correct confident confidence honest truly accurate accurately reliably
    reliable definitive definitively height length width size weight age price puzzle up
    air make made pretend one
""")
_EMPTY = frozenset(stem(word) for word in STOP_WORDS | _DENIALS | _KNOWING | _BESIDES)
_EMPTY -= {"may"}
_PASSIVE = re.compile(r"un(?:\w{3,}ed|known|aware|said|told|given|seen|shown|written|clear)")
"""Unmentioned, unknown: a denial of knowing in one word."""


def word_stems(words: Iterable[str]) -> list[str]:
    """The stems of words of a normal form, those of each part where they are joined by hyphens."""
    return [stem(part) for word in words for part in word.split("-")]


def says_nothing_new(words: Sequence[str], asked: Collection[str]) -> bool:
    """Whether a reply denies that something is known or was told, and holds no word of its own.

    Args:
        words: The reply in its normal form.
        asked: Stems of the question, which a reply may repeat.

    >>> says_nothing_new("if you told me i have lost it".split(), ())
    True
    >>> says_nothing_new("you never told me but it was teal".split(), ())
    False
    """
    if not 1 < len(words) <= _MOST_WORDS:
        return False
    said = [part for word in words for part in word.split("-")]
    passive = [bool(_PASSIVE.fullmatch(word)) for word in said]
    if not any(passive) and (_DENIALS.isdisjoint(said) or _KNOWING.isdisjoint(said)):
        return False
    return all(
        denied or stem(word) in _EMPTY or stem(word) in asked or _is_grammar(said, place)
        for place, (word, denied) in enumerate(zip(said, passive, strict=True))
    )


def _is_grammar(words: Sequence[str], place: int) -> bool:
    """Whether a word that may be a value is none here: "may have", "that one"."""
    before, word, after = words[max(place - 1, 0)], words[place], words[place + 1 : place + 2]
    if word == "1":
        return before in {"that", "this", "on", "any", "such", "no"}
    return word == "may" and after in (["have"], ["be"], ["not"])
