"""What a language writes its own way: the fields that the tables fill in.

Numbers, dates and months are not among them: `numerals` and `calendar` have them from libraries.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Code = Literal[
    "en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "tr", "ar", "hi", "zh", "ja", "ko"
]
"""ISO 639 code of a language that can be graded."""

CODES: tuple[Code, ...] = get_args(Code)

Gluing = Literal["none", "endings", "particles", "turkish", "arabic"]
"""How words change where they stand: not at all; by their ending; by what is glued behind them; by
chains of suffixes; by what is glued before and behind them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language, as far as reading goes."""

    code: str
    name: str
    """In English."""
    gluing: Gluing = "none"
    spaced: bool = True
    """Whether spaces divide its words."""
    plain_space_groups: bool = True
    """Whether a plain space may group the digits of a number: 97 611."""
    endings: str = ""
    """Of nouns, names and adjectives; each may stand in place of another."""
    articles: str = ""
    """Words that may stand before a value or be left out."""
    joiners: str = ""
    """Words between the parts of a spelled number."""
    spelled: tuple[tuple[int, str], ...] = ()
    """Numbers as they are also written, beside what the library writes."""
    scales: tuple[tuple[int, str], ...] = ()
    """Words and abbreviations that multiply the number before them."""
    not_alone: str = ""
    """Words for numbers that mean something else where they stand alone."""
    percent: str = ""
    """Phrases for per cent, behind the number; a space in one is an underscore."""
    minus: str = "minus"
    noted: str = "Noted."
    """What an assistant answers to a fact where the scenario does not say."""
    go_on: str = "Please go on."
    """What a user says before the assistant or a tool says a fact, where the scenario does not."""
