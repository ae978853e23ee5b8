"""Law 6: filler never holds an answer or a planted sentence.

The check runs on every turn of filler before it enters a session. Reading each turn in its normal
form would cost more than tokenizing it, so a turn is read closely only when something in it could
be a part of a value: a telling word, a number in words, a date in digits, or a letter with an
accent.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.core.languages.folding import ascii_digits, fold
from harness.core.languages.numerals import spells_large
from harness.core.text import find, words

if TYPE_CHECKING:
    from collections.abc import Iterable

_WORD = re.compile(r"\w+")
_DIGIT = re.compile(r"\d")
_NO_DIGIT = re.compile(r"[^0-9]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_FEWEST = 2
"""Letters of a word that no language changes."""
_GROUPED = re.compile(r"(?<=\d)[, ](?=\d{3}\b)")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}")
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
_SMALL = 100
"""Numbers below are spelled without hundred, thousand or million."""


class LeakCheck:
    """Tells whether a text holds any of the given values.

    Args:
        texts: Values in every accepted spelling, and planted sentences.
        language: Of the texts, and of whatever is checked.
    """

    def __init__(self, texts: Iterable[str], language: str = "en") -> None:
        self._language = language
        forms = {form for text in texts if (form := words(text, language))}
        self._needles = tuple(sorted(forms))
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
        self._dated = any(not _MONTHS.isdisjoint(needle) for needle in self._needles)

    def holds(self, text: str) -> bool:
        """Whether the text holds one of them as whole words, in any case or spelling."""
        if not self._may_hold(text):
            return False
        form = words(text, self._language)
        return any(find(form, needle, self._language) for needle in self._needles)

    def _may_hold(self, text: str) -> bool:
        """Whether the text is worth a close reading; never False for a text that holds one."""
        if self._language != "en":
            return self._may_hold_in(ascii_digits(fold(text)))
        if not text.isascii():
            return True
        if self._dated and _DATE.search(text):
            return True
        plain = text.casefold()
        if self._says_one(plain):
            return True
        # Read both ways: "9 149" may be one number, or two.
        return _DIGIT.search(plain) is not None and self._says_one(_GROUPED.sub("", plain))

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
        if not any(trigger in plain for trigger in self._triggers):  # far quicker than words
            return False
        return not self._triggers.isdisjoint(_WORD.findall(plain))


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
    parts = _WORD.findall(telling)
    number = next((part for part in parts if part[0].isdigit()), None)
    if number is None or any(char.isalpha() for char in telling):
        return parts  # a word, or a code, which nobody spells out
    digits = "".join(char for char in number if char.isdigit())
    small = _IN_SMALL if int(digits) < _SMALL or len(parts) > 1 else frozenset()
    return {*parts, *small, *_ALWAYS_IN_LARGE}
