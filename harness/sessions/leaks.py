"""Law 6: filler never holds an answer or a planted sentence.

The check runs on every turn of filler before it enters a session. Reading each turn in its normal
form would cost more than tokenizing it, so a turn is read closely only when something in it could
be a part of a value: a telling word, a number in words, a date in digits, or a character that is
neither ASCII nor a letter with an accent.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, AnyStr

from harness.core.languages.folding import ascii_digits, fold
from harness.core.languages.numerals import spells_large
from harness.core.text import find, places, words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

_WORD = re.compile(r"\w+")
_DIGIT = re.compile(r"\d")
_NO_DIGIT = re.compile(r"[^0-9]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_FEWEST = 2
"""Letters of a word that no language changes."""
_GROUPED = tuple(re.compile(rf"(?<=\d){mark}(?=\d{{3}}(?!\d))") for mark in (",", "[, ]"))
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}")
_AS_IN_DATES = bytes.maketrans(b"0123456789-/.", b"0000000000---")
_IN_DATE = b"0-0"
"""Stands so translated in every date in digits, and is found far sooner than a whole one."""
_ALWAYS_IN_LARGE = frozenset({"hundred", "thousand", "million"})
_NUMERALS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety
first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth
"""
_IN_SMALL = frozenset(_NUMERALS.split())
_MONTH_NAMES = """
january february march april may june july august september october november december
"""
_MONTHS = frozenset(_MONTH_NAMES.split())
_YEAR = re.compile(r"[12][0-9]{3}")
_SMALL = 100
"""Numbers below are spelled without hundred, thousand or million."""
_TEENS_END = 20
"""Numbers from here to there are spelled with the word for their tens."""
_TENS_IN_WORDS = "- - twenty thirty forty/fourty fifty sixty seventy eighty ninety"
_TENS = [frozenset(spelled.split("/")) for spelled in _TENS_IN_WORDS.split()]
_GROUP = 3
"""Digits between two separators of a number."""


def _bare(letter: str) -> str:
    """A Latin letter as it is read, without its accent; itself where it has none."""
    base, *accents = list(unicodedata.normalize("NFKD", letter))
    return base if base.isascii() and all(map(unicodedata.combining, accents)) else letter


_ACCENTED = {ord(letter): _bare(letter) for letter in map(chr, range(0xC0, 0x180))}


class LeakCheck:
    """Tells whether a text holds any of the given values.

    Args:
        texts: Values in every accepted spelling, and planted sentences.
        language: Of the texts, and of whatever is checked.
    """

    def __init__(self, texts: Iterable[str], language: str = "en") -> None:
        self._language = language
        forms = {form for text in texts if (form := words(text, language))}
        self._needles = tuple(sorted(_least(forms) if language == "en" else forms))
        triggers: set[str] = set()
        self._figures: set[str] = set()
        for needle in self._needles:
            if language == "en":
                triggers.update(_triggers(needle))
            elif number := figure(needle):
                self._figures.add(number)
            else:
                triggers.add(leak_stem(needle))
        self._triggers = frozenset(triggers)
        self._tails = {word[-_GROUP:] for word in triggers if word[-_GROUP:].isdecimal()}
        self._dated = any(not _MONTHS.isdisjoint(needle) for needle in self._needles)

    def holds(self, text: str) -> bool:
        """Whether the text holds one of them as whole words, in any case or spelling."""
        if not self._may_hold(text):
            return False
        form = words(text, self._language)
        return any(find(form, needle, self._language) for needle in self._needles)

    def held(self, texts: Sequence[str]) -> list[bool]:
        """For each text what `holds` says of it, all of them looked through at once."""
        if self._language != "en":
            return list(map(self.holds, texts))
        near = {index for index, text in enumerate(texts) if not text.isascii()}
        joined = "\n".join(texts) if not near else "\n".join(filter(str.isascii, texts))
        plain = joined.casefold()
        found = [at for trigger in self._triggers for at in _as_word(trigger, plain)]
        # "9 149" may be one number: whatever is grouped so ends as the number ends
        found += [at for tail in self._tails for at in _places(tail, plain)]
        if self._dated:
            found += _places(_IN_DATE, plain.encode().translate(_AS_IN_DATES))
        if found:
            read = [index for index in range(len(texts)) if index not in near]
            starts = list(accumulate((len(texts[index]) + 1 for index in read), initial=0))
            near.update(read[bisect_right(starts, at) - 1] for at in found)
        return [index in near and self.holds(text) for index, text in enumerate(texts)]

    def _may_hold(self, text: str) -> bool:
        """Whether the text is worth a close reading; never False for a text that holds one."""
        if self._language != "en":
            return self._may_hold_in(ascii_digits(fold(text)))
        if not text.isascii():
            text = text.translate(_ACCENTED)
            if not text.isascii():
                return True
        if self._dated and _DATE.search(text):
            return True
        plain = text.casefold()
        if self._says_one(plain):
            return True
        if _DIGIT.search(plain) is None:
            return False
        # Read all ways: "9 149" may be one number, or two.
        return any(self._says_one(grouped.sub("", plain)) for grouped in _GROUPED)

    def _may_hold_in(self, plain: str) -> bool:
        """The same for another language, whose words change at their end and are glued."""
        if any(trigger in plain for trigger in self._triggers):
            return True
        if not self._figures:
            return False
        digits = _NO_DIGIT.sub("", plain)
        if any(found in digits for found in self._figures):
            return True
        return spells_large(plain, self._language)

    def _says_one(self, plain: str) -> bool:
        """Whether a telling word stands in the text as a word."""
        return any(True for trigger in self._triggers for _ in _as_word(trigger, plain))


def _least(needles: Collection[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The needles in which none of the others stands: whatever holds another holds one of these.

    Planted sentences go, which say their values; what is left has fewer and rarer words.

    >>> _least([("15",), ("at", "most", "15", "words"), ("dry",)])
    [('15',), ('dry',)]
    """
    least: list[tuple[str, ...]] = []
    for needle in sorted(needles, key=len):
        if not any(places(needle, known) for known in least):
            least.append(needle)
    return least


def _places(part: AnyStr, text: AnyStr) -> Iterator[int]:
    """Where a part of a text begins, each time."""
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)


def _as_word(word: str, text: str) -> Iterator[int]:
    """Where a word stands in a text as a word, each time; letters end where digits begin."""
    first, last = word[0].isdecimal(), word[-1].isdecimal()
    for at in _places(word, text):
        before, after = text[at - 1 : at], text[at + len(word) : at + len(word) + 1]
        glued = before.isalnum() and before.isdecimal() == first
        if not (glued or (after.isalnum() and after.isdecimal() == last)):
            yield at


def figure(needle: tuple[str, ...]) -> str:
    """The digits that a text has that holds the needle in digits; empty where it is no number.

    >>> figure(("march", "14th", "2027")), figure(("kx-4417",)), figure(("dry",))
    ('2027', '', '')
    """
    numbers = [_NO_DIGIT.sub("", word) for word in needle if word[0].isdigit()]
    return max(numbers, key=len, default="")


def leak_stem(needle: tuple[str, ...]) -> str:
    """What stands in every text that holds the needle, whatever ending its language gives it.

    >>> leak_stem(("wintergarten",)), leak_stem(("kx-4417",)), leak_stem(("温", "室"))
    ('winter', 'kx', '温')
    """
    found = max(_LETTERS.findall(" ".join(needle)), key=len, default="")
    return found[: max(_FEWEST, len(found) // 2)]


def _triggers(needle: tuple[str, ...]) -> Iterable[str]:
    """Raw words of which at least one stands in every text that holds the needle."""
    telling = max(needle, key=len)
    if not _MONTHS.isdisjoint(needle):  # a month may be shortened, and comes up more often
        telling = next(filter(_YEAR.fullmatch, needle), telling)
    parts = _WORD.findall(telling)
    numeral = next((part for part in parts if part[0].isdigit()), None)
    if numeral is None or any(char.isalpha() for char in telling):
        return parts  # a word, or a code, which nobody spells out
    digits = "".join(char for char in numeral if char.isdigit())
    number = int(digits)
    small = _IN_SMALL if number < _SMALL or len(parts) > 1 else frozenset()
    if len(parts) == 1 and number in range(_TEENS_END, _SMALL):
        small = _TENS[number // 10]
    return {*parts, *small, *_ALWAYS_IN_LARGE}
