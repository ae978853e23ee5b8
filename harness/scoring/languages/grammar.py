"""From the phrases of a language to checks of a reply.

Patterns are matched in the normal form, one line, with " , " and " . " where a clause or a sentence
ends; where no spaces divide words, without any spaces. They are written with accents and folded as
texts are.

Its one rule: what is not known is told by two words of one clause, one that denies and one of
telling, knowing or finding, whatever stands between them. So it hears phrasings that nobody listed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.core.caching import by_text
from harness.core.languages import language
from harness.core.languages.folding import fold
from harness.core.text import read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.text import Text
    from harness.scoring.languages.phrases import Patterns, Phrases


_REACH = 8
"""Words between the one that denies and the one of telling, at most."""
_REACH_CHARACTERS = 14
_NEAR = 9
"""Words beside a value that are looked at."""
_NEAR_CHARACTERS = 24
_LONGEST_WORD = 64
"""Characters of a word that patterns look at; longer ones are no words."""
_VERB_LAST = frozenset({"ja", "ko", "tr", "hi"})
_END_WORDS, _END_CHARACTERS = 2, 12
_SHORT_REPLY = 120
"""Characters of a reply that may be nothing but a phrase of `whole`."""
_FIGURE = re.compile(r"(?<![^ ])[0-9]|[a-z]-?[0-9]{2}")
"""A number or a code: who does not know gives none."""
_NOTHING = re.compile(r"(?!)")


class Grammar:
    """The checks of one language.

    Args:
        code: Of the language.
        phrases: Its words.
    """

    def __init__(self, code: str, phrases: Phrases) -> None:
        self._code = code
        self._glue = " " if language(code).spaced else ""
        negation, telling = _group(phrases.negations), _group(phrases.telling)
        if phrases.before_telling:
            telling = f"{_group(phrases.before_telling)}?{telling}"
        that = _group(phrases.that) if phrases.that else "(?!)"
        self._negation = self._whole_words(phrases.negations)
        self._unknown = self._words(phrases.unknown)
        if self._glue:
            step = rf"(?: [^ ,.]+| , {that}(?= ))"
            gap, back = rf"{step}{{0,{_REACH}}}?", rf"(?: [^ ,.]+){{0,{_REACH}}}?"
            both = (
                rf"(?<![^ ]){negation}{gap} {telling}"
                rf"|(?<![^ ]){telling}[^ ,.]*{back} {negation}(?![^ ])"
            )
        else:
            gap = rf"[^,.]{{0,{_REACH_CHARACTERS}}}?"
            # in Japanese a word denies what stands before it, and nothing behind it
            before = "" if code == "ja" else f"{negation}{gap}{telling}|"
            both = f"{before}{telling}{gap}{negation}"
        self._untold = re.compile(both)
        self._whole = re.compile(rf"(?:{_group(phrases.whole)}[ ,.]*)+")
        self._guess = self._whole_words(phrases.guess)
        self._but = self._whole_words(phrases.but)
        self._joining = self._whole_words(phrases.joining)
        self._filler = re.compile(rf"(?:{_group(phrases.filler)}[ ,]*)*")
        self._frame = self._words(phrases.frame)
        self._naming = self._words(phrases.naming)
        self._inner = self._words(phrases.that) if phrases.that else _NOTHING
        self._copula = self._words(phrases.copula)
        self._asking = self._whole_words(phrases.asking)
        self._offer = self._words(phrases.offer)
        self._certain = self._words(phrases.certain)
        self._refusal = self._words(phrases.refusal)
        self._denial = self._words(phrases.asks_denial)
        between = rf"(?:{_group(phrases.between)}{self._glue}){{0,6}}" if phrases.between else ""
        self._denied_before = self._ending(phrases.denied_before, between)
        self._affirmed_before = self._ending(phrases.affirmed_before, between)
        self._affirmed = self._words(phrases.affirmed_before)
        self._superseded_before = self._ending(phrases.superseded_before, between)
        self._denied_behind = self._beginning(phrases.denied_behind)
        self._superseded_behind = self._beginning(phrases.superseded_behind)
        self._was, self._now = self._ending(phrases.was, between), self._words(phrases.now)

    def says_unknown(self, text: str) -> bool:
        """Whether a text says that something is not known or not said, and guesses nothing."""
        line = self.line(text)
        if len(line) <= _SHORT_REPLY and self._whole.fullmatch(line):
            return True
        plain = self._certain.sub("", line)
        sentences = [part.strip() for part in plain.split(".") if not self._offer.search(part)]
        unknown = any(self._unknown.search(s) or self._untold.search(s) for s in sentences)
        if not unknown and not self._only_denies(sentences):
            return False
        return not any(map(self._guesses, sentences))

    def refuses(self, text: str) -> bool:
        """Whether a text declines to answer, for another reason than not knowing."""
        return self._refusal.search(self.line(text)) is not None and not self.says_unknown(text)

    def asks_for_a_denial(self, question: tuple[str, ...]) -> bool:
        """Whether a right answer to the question, in its words, may itself say not."""
        return self._denial.search(self._glue.join(question)) is not None

    def is_denied(self, text: Text, start: int, stop: int) -> bool:
        """Whether the words from `start` to before `stop` are directly denied."""
        before, behind = self._beside(text, start, stop, across=False)
        if self._affirmed_before.search(before):
            return False
        return bool(self._denied_before.search(before) or self._denied_behind.match(behind))

    def is_superseded(self, text: Text, start: int, stop: int) -> bool:
        """Whether the words are said to have held earlier, and to hold no more."""
        before, behind = self._beside(text, start, stop, across=True)
        if self._superseded_before.search(before) or self._superseded_behind.match(behind):
            return True
        return bool(self._was.search(before) and self._now.search(behind))

    def line(self, text: str) -> str:
        """The normal form as one line, with a mark where a clause ends."""
        return _line(self._code, self._glue, text)

    def _only_denies(self, sentences: Sequence[str]) -> bool:
        """Whether every clause denies or says nothing, and none denies that something is so.

        "There is no number in all of this", whose words are none of those of telling.
        """
        denied = framed = False
        parts = (part for s in sentences for part in self._joining.sub(",", s).split(","))
        for clause in map(str.strip, parts):
            denies = self._negation.search(self._end_of(self._affirmed.sub("", clause)))
            if not clause or self._inner.match(clause):
                continue
            if self._filler.fullmatch(clause):  # as far as I know, no
                denied = denied or (framed and denies is not None)
            elif denies is None:
                framed = self._frame.match(clause) is not None
                if not framed:
                    return False
            elif self._copula.search(clause):
                return False
            else:
                denied = True
        return denied

    def _end_of(self, clause: str) -> str:
        """Where the verb of a clause stands, in languages that put it last; else all of it."""
        if self._code not in _VERB_LAST:
            return clause
        if self._glue:
            return " ".join(clause.split()[-_END_WORDS:])
        return clause[-_END_CHARACTERS:]

    def _guesses(self, sentence: str) -> bool:
        """Whether a sentence that may say much else gives an answer after all."""
        for found in self._guess.finditer(sentence):
            rest = _clause(self._but.sub(",", sentence[found.end() :]))
            before = ""
            if not rest or self._code in _VERB_LAST:  # what is believed may stand before it
                before = sentence[: found.start()].rpartition(",")[2].strip()
            if any(part and not self._empty(part) for part in (rest, before)):
                return True
        for found in self._but.finditer(sentence):
            rest = _clause(sentence[found.end() :])
            if self._copula.search(rest) and not self._empty(rest):
                return True
        clauses = [clause.strip() for clause in sentence.split(",")]
        for clause in self._but.sub(",", sentence).split(","):
            denied = self._negation.search(clause) or self._unknown.search(clause)
            if _FIGURE.search(clause) and not denied:
                return True
        return any(
            self._naming.search(clause)
            and not self._inner.match(clause)
            and not self._empty(clause)
            for clause in clauses
        )

    def _empty(self, text: str) -> bool:
        """Whether a part of a sentence offers, asks or denies, and so answers nothing."""
        return bool(
            self._negation.search(text) or self._asking.search(text) or self._unknown.search(text)
        )

    def _beside(self, text: Text, start: int, stop: int, *, across: bool) -> tuple[str, str]:
        """What stands before and behind a value in its clause; across commas, in its sentence."""
        near = _NEAR if self._glue else _NEAR_CHARACTERS
        ends = {"."} if across else {".", ","}
        first = start
        while first > 0 and start - first < near and text.gaps[first] not in ends:
            first -= 1
        last = stop
        while last < len(text.words) and last - stop < near and text.gaps[last] not in ends:
            last += 1
        glued = text.words[stop - 1] if self._code == "ko" and stop > start else ""
        behind = self._glue.join(text.words[stop:last])
        return (
            self._glue.join(text.words[first:start]) + (self._glue if start > first else ""),
            f"{glued} {behind}".strip() if glued else behind,
        )

    def _words(self, patterns: Patterns) -> re.Pattern[str]:
        """Any of the patterns, from the beginning of a word."""
        if not patterns:
            return _NOTHING
        return re.compile(rf"(?<![^ ]){_group(patterns)}" if self._glue else _group(patterns))

    def _whole_words(self, patterns: Patterns) -> re.Pattern[str]:
        """Any of the patterns, from the beginning of a word to the end of one."""
        found = self._words(patterns)
        return re.compile(f"{found.pattern}(?![^ ])") if self._glue else found

    def _ending(self, patterns: Patterns, between: str) -> re.Pattern[str]:
        if not patterns:
            return _NOTHING
        start = "(?<![^ ])" if self._glue else ""
        return re.compile(rf"{start}{_group(patterns)}{self._glue and ' '}{between}$")

    def _beginning(self, patterns: Patterns) -> re.Pattern[str]:
        return re.compile(_group(patterns)) if patterns else _NOTHING


def _clause(text: str) -> str:
    """The first clause of a text that says something."""
    return text.strip(" ,").split(",")[0].strip()


def _group(patterns: Patterns) -> str:
    """The patterns of a field as one, folded."""
    return f"(?:{'|'.join(map(_folded, patterns))})"


def _folded(pattern: str) -> str:
    r"""The pattern with its letters folded; its ASCII stays, since \S is not \s."""
    return re.sub(r"[^\x00-\x7f]+", lambda found: fold(found[0]), pattern)


@by_text(1 << 10)
def _line(code: str, glue: str, text: str) -> str:
    form = read(text, code)
    parts: list[str] = []
    for i, (word, gap) in enumerate(zip(form.words, form.gaps, strict=True)):
        if gap and i:
            parts.append(gap)
        parts.append(word[:_LONGEST_WORD])
    return glue.join(parts)
