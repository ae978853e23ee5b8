"""Whether a value that a reply names is denied where it is named.

Its one rule: only direct denial counts, within one clause: "it is not dry", "anything but dry",
"dry is wrong". "I am not sure, but dry" and "not only dry" name the value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

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
_BE = _list("is was are were would")
_WRONG = _list("wrong incorrect false")
_NOT_THE_ANSWER = _list("it right correct true asked wanted what")
_ABOUT_A_DENIAL = _list(
    "not never without avoid avoids avoided ban bans banned forbid forbids forbidden exclude"
    " excluded except allergic dislike dislikes disliked hate hates refuse refused reject rejected"
    " drop dropped cancel cancelled canceled veto vetoed rule ruled prohibited wrong"
)


def asks_for_a_denial(question: tuple[str, ...]) -> bool:
    """Whether a right answer may itself say not: "Which word must I never use?"."""
    return not _ABOUT_A_DENIAL.isdisjoint(question)


def is_denied(text: Text, start: int, stop: int) -> bool:
    """Whether the words from `start` to before `stop` are directly denied."""
    return _before(text, start) or _behind(text, stop)


def _before(text: Text, start: int) -> bool:
    words, gaps = text.words, text.gaps
    for i in range(start - 1, max(-1, start - 2 - _REACH), -1):
        if gaps[i + 1]:
            return False
        word = words[i]
        if word in _DENIERS:
            return True
        if i and not gaps[i] and (words[i - 1], word) in _PAIRS:
            return True
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
