"""Whether a value that a reply names is denied where it is named.

Its one rule: only direct denial counts, within one clause: "it is not dry", "anything but dry",
"dry is wrong". "I am not sure, but dry" and "not only dry" name the value.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.scoring.languages import grammar

if TYPE_CHECKING:
    from harness.core.text import Text


def _list(text: str) -> frozenset[str]:
    return frozenset(text.split())


_DENIERS = _list("not never neither nor without hardly whether")
_PAIRS = frozenset(
    {
        ("anything", "but"),
        ("everything", "but"),
        ("far", "from"),
        ("rather", "than"),
        ("instead", "of"),
        ("opposed", "to"),
        ("other", "than"),
        ("no", "longer"),
        ("no", "means"),
        ("no", "way"),
        ("nothing", "like"),
        ("know", "if"),
        ("sure", "if"),
        ("certain", "if"),
        ("remember", "if"),
        ("recall", "if"),
        ("say", "if"),
    }
)
"""Two words that deny what follows, or leave it open."""
_TRANSPARENT = _list(
    "a an the it that this he she they you we i is was are were be been being am has have had to do"
    " did does would should could must can will so very really quite too all at any exactly simply"
    " remotely actually necessarily called named supposed meant going go went with for as think"
    " believe say said mention mentioned ask asked want wanted mean in of on"
)
"""Words that a denial reaches across; not "only" or "just", which add to a value."""
_REACH = 8
"""How many such words at most."""
_NONE = _list("none no nobody nothing nowhere never not 0")
"""Words before "other than" that make of it an affirmation."""
_BE = _list("is was are were would")
_NEAR = 9
"""Words beside a value that are looked at for whether it holds no more."""
_EARLIER = (
    r"originally|initially|previously|formerly|at first|earlier|once|before(?: that)?|in the past"
    r"|at the start|to begin with|to start with|first|until (?:then|now|recently)"
)
_ARTICLE = r"(?: (?:the|a|an|our|your|my|its|their|it|to|be|in|at|on|as|with|called|value|of|old))*"
_SAID = r"was|were|had been|said|wanted|asked for|chose|planned|mentioned"
_EARLIER_BEFORE = re.compile(
    rf"\b(?:used to (?:be|say|read)|(?:{_SAID}|told me)(?: \w+)? (?:{_EARLIER})"
    rf"|(?:{_EARLIER}) (?:it |this |that |he |she |they |you |we |i )?(?:{_SAID}|had)"
    rf"|originally|initially|previously|formerly|replac(?:es|ed|ing)|supersed(?:es|ed|ing)"
    rf"|overrid(?:es|ing)|in place of|took over from|no longer|old|former|previous|outdated"
    rf"|superseded|dropped|abandoned|withdrew|corrected from){_ARTICLE}$"
)
_EARLIER_BEHIND = re.compile(
    rf"(?:(?:{_EARLIER}) (?:but|and|then|now)\b"
    r"|(?:(?:was|were|is|are|got|has been|have been|had been|being) (?:\w+ )?)?"
    r"(?:replaced|superseded|changed|dropped|revised|updated|overruled|overridden|withdrawn|cancelled|canceled|scrapped"
    r"|discarded|corrected|outdated|obsolete|rejected|abandoned)\b"
    r"|(?:but )?(?:that|it|this|which) (?:was |has |then |later |since |got |been )*"
    r"(?:changed|replaced|superseded|revised|updated|corrected|dropped)\b|no longer\b|any ?more\b)"
)
_FROM = re.compile(rf"\b(?:from|instead of|rather than){_ARTICLE}$")
_TO = re.compile(r"(?:\w+ ){0,3}(?:to|into)\b")
_WAS = re.compile(rf"\b(?:was|were|had been|wanted|asked for){_ARTICLE}$")
_NOW = re.compile(r"(?:\w+ ){0,6}(?:now|today|currently|meanwhile|since|later|then|changed)\b")
_WRONG = _list("wrong incorrect false")
_NOT_THE_ANSWER = _list("it right correct true asked wanted what")
_ABOUT_A_DENIAL = _list(
    "not never without avoid avoids avoided ban bans banned forbid forbids forbidden exclude"
    " excluded except allergic dislike dislikes disliked hate hates refuse refused reject rejected"
    " drop dropped cancel cancelled canceled veto vetoed rule ruled prohibited wrong"
)


def asks_for_a_denial(question: tuple[str, ...], language: str = "en") -> bool:
    """Whether a right answer may itself say not: "Which word must I never use?"."""
    if language != "en":
        return grammar(language).asks_for_a_denial(question)
    return not _ABOUT_A_DENIAL.isdisjoint(question)


def is_denied(text: Text, start: int, stop: int, language: str = "en") -> bool:
    """Whether the words from `start` to before `stop` are directly denied."""
    if language != "en":
        return grammar(language).is_denied(text, start, stop)
    return _before(text, start) or _behind(text, stop)


def is_superseded(text: Text, start: int, stop: int, language: str = "en") -> bool:
    """Whether the words from `start` to before `stop` are said to hold no more.

    "It used to be the boathouse", "moved from the boathouse to ...", "the boathouse was replaced",
    "was the boathouse, but is now ...".
    """
    if language != "en":
        return grammar(language).is_superseded(text, start, stop)
    first = start
    while first > 0 and start - first < _NEAR and text.gaps[first] != ".":
        first -= 1
    last = stop
    while last < len(text.words) and last - stop < _NEAR and text.gaps[last] != ".":
        last += 1
    before, behind = " ".join(text.words[first:start]), " ".join(text.words[stop:last])
    if _EARLIER_BEFORE.search(before) or _EARLIER_BEHIND.match(behind):
        return True
    if _FROM.search(before) and _TO.match(behind):
        return True
    return bool(_WAS.search(before) and _NOW.search(behind))


def taken_back(text: Text, start: int, stop: int, language: str = "en") -> bool:
    """Whether a value that a reply names is denied there, or said to hold no more."""
    found = text, start, stop, language
    return is_denied(*found) or is_superseded(*found)


def _before(text: Text, start: int) -> bool:
    words, gaps = text.words, text.gaps
    for i in range(start - 1, max(-1, start - 2 - _REACH), -1):
        if gaps[i + 1]:
            return False
        word = words[i]
        if word in _DENIERS:
            return True
        if i and not gaps[i] and (words[i - 1], word) in _PAIRS:
            # "none other than dry" and "nothing else than dry" are dry
            return not (i > 1 and not gaps[i - 1] and words[i - 2] in _NONE)
        if word not in _TRANSPARENT:
            return False
    return False


def _behind(text: Text, stop: int) -> bool:
    clause = []
    for word, gap in zip(text.words[stop : stop + 4], text.gaps[stop : stop + 4], strict=True):
        if gap:
            break
        clause.append(word)
    if not clause or clause[0] not in _BE:
        return False
    rest = clause[2:] if clause[1:2] == ["be"] else clause[1:]
    if rest and rest[0] in _WRONG:
        return True
    if not rest or rest[0] not in {"not", "never"}:
        return False
    after = rest[1:]
    return not after or after[0] in _NOT_THE_ANSWER or after in (["the", "one"], ["the", "answer"])
