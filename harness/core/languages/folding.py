"""Letters as they are compared: small, without the accents that nobody types, in one spelling.

Its one rule: a mark that makes another letter of its letter stays (が is not か, Hindi vowels are
no accents), and text that is folded folds to itself.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEPT = frozenset("\u3099\u309a\u094d")
"""Voicing of kana, and the Hindi sign that there is no vowel."""
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛ʼ´′＇`", "'"),
        **dict.fromkeys("‐‑−﹣－", "-"),
        **dict.fromkeys("—―⸺", ";"),
        **dict.fromkeys("。！？؟۔।॥¿¡", "."),
        **dict.fromkeys("、،", ","),
        "؛": ";",
        **dict.fromkeys("«»“”„‟「」『』《》〈〉【】", '"'),
        **dict(
            zip("øæœłđðþıħß", ("o", "ae", "oe", "l", "d", "d", "th", "i", "h", "ss"), strict=True)
        ),
        "⁄": "/",
        "٪": "%",
        # one Arabic letter in two spellings; a stroke that only stretches; one Hindi sign in two
        "ى": "ي",
        "ة": "ه",
        "ـ": None,
        "ँ": "ं",
    }
)
_SILENT = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff]")
"""Characters that are not seen: soft hyphens, joiners, marks of direction."""
_EN_DASH = re.compile(r"(?<=[^\W_])[–‒](?=[^\W_])")
_BREAK_DASH = re.compile(r"(?<=\s)-+(?=\s)|--+|[–‒]")


_FOREIGN_DIGIT = re.compile(r"[^\D0-9]")
"""A decimal digit of another script than ours."""


def silent_out(text: str) -> str:
    """The text without the characters that are not seen."""
    return text if text.isascii() else _SILENT.sub("", text)


def ascii_digits(text: str) -> str:
    """The text with the decimal digits of every script as 0 to 9.

    >>> ascii_digits("٩٧٦١١ and ९७")
    '97611 and 97'
    """
    if text.isascii():
        return text
    return _FOREIGN_DIGIT.sub(lambda digit: str(unicodedata.decimal(digit[0])), text)


def fold(text: str) -> str:
    """The text in small letters, without accents, with plain quotes, dashes and stops.

    >>> fold("Zürich – ‚Łódź‘, ガラス")
    "zurich ; 'lodz', ガラス"
    """
    plain = translated(silent_out(text), _PLAIN)
    for _ in range(2):  # what one fold makes, the other may have to fold again
        plain = translated(_bare(plain), _PLAIN).casefold()
    plain = unicodedata.normalize("NFC", plain)
    return _BREAK_DASH.sub(";", _EN_DASH.sub("-", plain))


def translated(text: str, table: Mapping[int, str | None]) -> str:
    """What `str.translate` makes of it, at once where there is nothing to translate."""
    return text if table.keys().isdisjoint(map(ord, set(text))) else text.translate(table)


def _bare(text: str) -> str:
    """The text without accents, where they make no other letter."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKD", text)
    accents = {char for char in set(plain) - _KEPT if unicodedata.combining(char)}
    return translated(plain, dict.fromkeys(map(ord, accents)))
