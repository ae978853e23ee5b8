"""How a reply to somebody else's question is graded, as their own answer tells.

Data sets write answers for people: "beach, mountains", "in 2010", "7 days. 8 days is also
acceptable", "Yes, since she moved". What can be graded by reading is, by the scorer that fits.
The one rule: an answer that would not itself be graded right is not graded by reading.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.core.probe import Probe
from harness.core.quantities import MONTH
from harness.core.scenario import Value
from harness.core.spec import Spec
from harness.core.text import contains, words
from harness.core.transcript import MOST_WORDS, Grading
from harness.scoring.abstention import says_unknown
from harness.scoring.contains import Contains
from harness.scoring.set_ import Set
from harness.scoring.yes_no import YesNo

if TYPE_CHECKING:
    from harness.core.protocols import Scorer
    from harness.core.transcript import Asked

_MOST_ITEM_WORDS, _MOST_JOINED_WORDS = 5, 3
"""Words of an item, where commas part them and where only an `and` does."""
_SENTENCE_WORDS = 5
_MOST_SPELLINGS = 4
BRIEFLY = " Begin your answer with yes or no."

_FINE = (
    r"(?:(?:is|are|was|were|would be|will be)\s+)?(?:(?:also|equally)\s+(?:acceptable|accepted"
    r"|right|correct|fine|ok(?:ay)?|valid)|(?:acceptable|accepted)(?:\s+(?:too|as well))?)"
)
_ALSO = re.compile(
    r"(?:[.;,]|\s-+)?\s*(?<!\w)(?:(?:but|and|or)\s+)?(?:"
    r"(?:or|also accept(?:ed|able)?|also known as|also|aka|i\.e\.|alternatively"
    r"|acceptable(?: answers?)?)"
    rf"[\s:,]+(?P<after>[^.;]+?)(?:\s+{_FINE})?"
    rf"|(?P<before>[^.;,()]+?(?:\([^()]*\))?)\s+{_FINE}"
    r")[\s.!]*$",
    re.IGNORECASE,
)
_BRACKET = re.compile(r"\s*\((?P<inner>[^()]*)\)")
_OR = re.compile(
    r"^(?:or|also(?: accept(?:ed|able))?|aka|i\.e\.|e\.g\.|=|acceptable|alternatively)[\s,:]+"
    rf"|\s+{_FINE}$",
    re.IGNORECASE,
)
_EITHER = re.compile(r"^either\s+", re.IGNORECASE)
_LEAD = re.compile(
    r"^(?:(?:in|on|at|by|to|from|since|during|around|about|approximately|roughly|nearly|almost|the"
    r"|a|an|it was|it is|it's|they are|he is|she is|for|with|via|his|her|their)\s+)+",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    r"\s*(?:;|\n+|,(?=\s)(?:\s*(?:and|&|or)\b)?|(?<![\w.])\d{1,2}[.)](?=\s))\s*|\s+(?:and|&)\s+",
    re.IGNORECASE,
)
_ORDER = re.compile(r"(?:^|[,;]\s*)(?:first|second|then|next|finally|lastly)\b", re.IGNORECASE)
_JOINS = re.compile(r"^(?:and|or|&)\s+", re.IGNORECASE)
_PRONOUN = re.compile(r"^(?:i|you|he|she|they|we|it|there|the user|the assistant)\b", re.IGNORECASE)
_STARTS = re.compile(r"^(?:(?:most )?likely |probably |possibly )?(?:yes|no)\b", re.IGNORECASE)


def grading(asked: Asked) -> Grading:
    """How a reply to a question of a data set is graded."""
    gold = asked.answers[0].strip() if asked.answers else ""
    if not asked.answers or (says_unknown(gold) and not asked.rubric):
        return Grading(way="abstain")
    if not asked.evidence:
        return Grading(way="none", why="its evidence is not in the conversation")
    if not words(gold):
        return Grading(way="none", why="its answer has no letter or digit")
    read = _by_reading(asked, gold)
    if isinstance(read, Grading):
        return read
    value = Value(gold, asked.answers[1:])
    return Grading(way="judge", why=read, values=(value,), score=_judge(asked.rubric))


def _judge(rubric: str) -> Spec:
    return Spec("judge", (("rubric", rubric),) if rubric else ())


def _by_reading(asked: Asked, gold: str) -> Grading | str:
    """How its words tell, or why they do not."""
    if _STARTS.match(gold):
        found = Grading(way="reading", values=(Value(gold),), score=Spec("yes_no"), ask=BRIEFLY)
        return found if _is_right(asked, found, YesNo(), gold) else "its yes or no cannot be read"
    every = (form for answer in (gold, *asked.answers[1:]) for form in spellings(answer))
    forms = tuple(dict.fromkeys(every))
    question = words(asked.ask)
    if any(contains(question, words(form)) for form in forms):
        return "its answer stands in it"
    if _is_list(forms[0]):
        return _as_list(asked, gold, items(forms[0]))
    if len(words(forms[0])) > MOST_WORDS:
        return f"its answer is longer than {MOST_WORDS} words, so a reply cannot be graded by it"
    found = Grading(way="reading", values=(Value(forms[0], forms[1:]),))
    if _is_sentence(forms[0]) or not _is_right(asked, found, Contains(), gold, *forms):
        return "its answer is a sentence, so a reply cannot be graded by it"
    return found


def _as_list(asked: Asked, gold: str, listed: tuple[str, ...]) -> Grading | str:
    """How the items of an answer tell, or why they do not."""
    question = words(asked.ask)
    if all(contains(question, words(item)) for item in listed):
        return "its answer stands in it"
    if _ORDER.search(gold) or "order" in question:
        return "its answer is an order of things"
    found = Grading(way="reading", values=tuple(map(Value, listed)))
    return found if _is_right(asked, found, Set(), gold) else "its list cannot be read"


def spellings(gold: str) -> tuple[str, ...]:
    """The answer and what it says is right as well, in as few words as they need.

    >>> spellings("7 days. 8 days (including the last day) is also acceptable")
    ('7 days', '8 days')
    >>> spellings("25 minutes and 50 seconds (or 25:50)"), spellings("in 2010")
    (('25 minutes and 50 seconds', '25:50'), ('2010',))
    """
    brackets = [bracket["inner"].strip() for bracket in _BRACKET.finditer(gold)]
    found = [_OR.sub("", inner) for inner in brackets if _OR.search(inner)]
    rest = _EITHER.sub("", _BRACKET.sub("", gold))
    for _ in range(_MOST_SPELLINGS):
        also = _ALSO.search(rest)
        if also is None or not words(rest[: also.start()]) or _is_choice(rest, also):
            break
        found.insert(0, also["after"] or also["before"])
        rest = rest[: also.start()]
    plain = [_plain(one) for one in (rest, *found)]
    kept = tuple(dict.fromkeys(one for one in plain if words(one)))
    return kept or (gold,)


def _is_choice(rest: str, also: re.Match[str]) -> bool:
    """Whether an `or` stands in a list, where the answer is one thing and not two spellings."""
    return bool(re.match(r",?\s*or\s", also.group(), re.IGNORECASE)) and "," in rest[: also.start()]


def items(text: str) -> tuple[str, ...]:
    """The items of a list that is written as one text, each once.

    >>> items("beach, mountains, and the forest"), items("1. oats 2. rye")
    (('beach', 'mountains', 'forest'), ('oats', 'rye'))
    """
    parts = [_plain(_JOINS.sub("", part.strip(" .•*-\t"))) for part in _BETWEEN.split(text)]
    return tuple(dict.fromkeys(part for part in parts if part.strip()))


def _plain(text: str) -> str:
    """A spelling without what only holds a sentence together."""
    text = " ".join(_BRACKET.sub("", text).split()).strip(" .;,\"'“”")
    return _LEAD.sub("", text) or text


def _is_list(text: str) -> bool:
    """Whether a text is a list of short items, and no date, place or measure."""
    parts = items(text)
    form = words(text)
    dated = any(word in MONTH for word in form) and any(word[:1].isdigit() for word in form)
    if len(parts) < 2 or dated:  # noqa: PLR2004 -- a list has two
        return False
    longest = max(len(words(part)) for part in parts)
    if any(mark in text for mark in ",;\n") or text.lstrip()[:2] in {"1.", "1)"}:
        return longest <= _MOST_ITEM_WORDS
    return longest <= _MOST_JOINED_WORDS and not any(word[:1].isdigit() for word in form)


def _is_sentence(text: str) -> bool:
    """Whether an answer is a sentence, of which a reply may say what matters in other words."""
    return bool(_PRONOUN.match(text)) and len(words(text)) >= _SENTENCE_WORDS


def _is_right(asked: Asked, found: Grading, scorer: Scorer, *said: str) -> bool:
    """Whether the answer, in the words of the data set, is graded right."""
    kind = "set" if len(found.values) > 1 else "recall"
    probe = Probe(question_id="x", kind=kind, question=asked.ask, expected=found.values)
    return all(scorer.score(probe, one).value == 1.0 for one in said)
