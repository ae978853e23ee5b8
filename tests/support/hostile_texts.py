"""Texts that nobody expects a model to write, of any length: each Unicode category, and rows.

Its one rule: a text is drawn from its name and its length alone, so a failure can be had again.
"""

from __future__ import annotations

import sys
import unicodedata
from functools import cache

ROWS = (
    # what a normal form, a sentence splitter or a pattern could read again and again
    "a'", "'a", "n't ", "don't", "'", "’", "a.", "a-", "a/", "a_", "a:", "1-", "1.", "1,",
    "1:", "1/",
    "1,234", "1 ", "-1 ", "1% ", "1a", "1km", "1.1km.", "KX-4417 ", "jh2345 ", "5001 ",
    "12,345 ",
    "one ", "two hundred ", "twenty ", "a hundred and ", "thousand ", "minus ", "minus 1 ",
    "per cent ",
    "may ", "the 3rd of ", "3 March ", "March 3, ", "2026-03-03 ", "25/12/2026", "3:00 pm ",
    "1st ",
    "not ", "no ", "never ", "nothing ", "is not ", "i do not ", "really ", "not really ",
    "no way ",
    "i do not really ", "you said ", "you only mentioned ", "no idea ", "without any ",
    "i think ",
    "maybe ", "sorry, ", "well . ", "the answer is ", "it was ", "nobody ", "there is no ",
    "the document ",
    "dry ", "dry, ", "not dry ", "dry humour ", "matter-of-fact ", "Oslo Lima ",
    "tender exuberant ",
    # markup
    "*", "**", "* ", "*a", "1*", "_", "__", "`", "```", "```\n", "``` ", "~~~\n", "~", "[",
    "[a", "[]", "](",
    "![", "[a](", '[a](b "', "<", "<a", "<a>", "</", "<think>", "</think>", "<think></think>",
    "<think", "{",
    "[[", '{"a":', '"', "\\", "|", "| ", "|-", "|a", "---", "- ", "-\n", "- a\n", "1. a\n",
    "1. ", "(i) ",
    "> ", ">", "# ", "#", "=", "==", "+", "%", " %", "$", "$1 ", "&", "&amp;", "\n", "\n\n",
    " ", "\t", "\r",
    "\r\n", " \n", "a\n", "A\n", "a.\n", "a. ", "A. ", "!", "?", "...", "…", ";", ",", ":",
    "—", "–", "--", "a--",
    " - ", "-", "a–", "«", "“", "”", '"a', '."', ".)", "http://", "a@b.", "e.g. ", "Dr. ",
    # characters
    "\x00", "\x1b[31m", "\x07", "\ud800", "\udfff", "\ud83d", "\udcff", "\ufeff", "\u200b",
    "\u200d", "\u202e",
    "\u00ad", "\u0301", "a\u0301", "a\u0323\u0301", "\u0315\u0300", "\u05b0\u094d\u3099",
    "\uac00", "\u1100\u1161",
    "\ufdfa", "½", "1½", "²", "1²", "①", "४", "٣", "４", "品", "ア", "กำ", "İ", "ß", "ŉ", "ﬁ",
    "é", "🏳\ufe0f\u200d🌈", "👍🏽",
    "\U000e0061", "\U0010ffff", "\u2028", "\u0085", "\x1c", "\u3000", "\u00a0", "⁄", "1⁄2",
    "Ⅷ", "𝔞", "℡",
)  # fmt: skip
"""What a text may be many times in a row; each was slow somewhere, or could be."""

CATEGORIES = tuple(sorted({unicodedata.category(chr(i)) for i in range(sys.maxunicode + 1)}))
"""Lu, Ll, ..., with Cs (surrogates), Co (private use) and Cn (not assigned)."""


@cache
def characters(category: str) -> str:
    """Every character of a category; of the large ones, every so many."""
    found = [chr(i) for i in range(sys.maxunicode + 1) if unicodedata.category(chr(i)) == category]
    return "".join(found[:: 1 + len(found) // 5_000])


def of_category(category: str, length: int, between: str = "") -> str:
    """A text of so many characters of one category, in order, with something between them."""
    cycle = between.join(characters(category)) + between
    return (cycle * (1 + length // len(cycle)))[:length]


def row(unit: str, length: int) -> str:
    """The unit again and again, so many characters in all."""
    return (unit * (1 + length // len(unit)))[:length]


def nested(opening: str, closing: str, depth: int, inside: str = "dry") -> str:
    """Brackets in brackets."""
    return opening * depth + inside + closing * depth


def hostile(length: int) -> dict[str, str]:
    """Every text of that length, by a name that says what it is."""
    texts = {f"category {c}": of_category(c, length) for c in CATEGORIES}
    texts |= {f"category {c}, spaced": of_category(c, length, " ") for c in CATEGORIES}
    texts |= {f"row of {unit!a}": row(unit, length) for unit in ROWS}
    texts |= {f"x after a row of {unit!a}": row(unit, length - 1) + "x" for unit in ROWS}
    depth = length // 2
    for pair in ("()", "[]", "{}", "<>", "“”"):
        texts[f"nested {pair}"] = nested(pair[0], pair[1], depth)
    texts["an open fence, then spaces"] = "```\n" + " " * (length - 4)
    texts["a fence of spaces"] = "```" + " " * (length - 4) + "x"
    texts["numbers that all differ"] = " ".join(str(n) for n in range(5_001, 5_001 + length // 6))
    texts["codes that all differ"] = " ".join(f"JH-{n}" for n in range(2_101, 2_101 + length // 8))
    texts["points that count on"] = "\n".join(f"{n}. a" for n in range(1, 1 + length // 8))
    return texts
