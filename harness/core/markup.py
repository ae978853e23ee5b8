"""The characters of a text without what is only seen: markup, accents, typesetting, grouping.

Its one rule: two spellings that a reader takes for the same have the same characters afterwards,
and nothing takes more time than the text is long.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from harness.core.languages.folding import ascii_digits, silent_out, translated
from harness.core.late_pattern import LatePattern

_GROUPED = re.compile(
    r"(?<![\w.,])(?:[0-9]{1,3}(?:[,'’\u00a0\u2007\u2009\u202f][0-9]{3})+"
    r"|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3})(?![0-9])(?:\.00?(?![0-9.]))?"
)
_LATEX = re.compile(
    r"\\(?:text|mathrm|mathbf|textbf|boxed|operatorname|mbox|emph|textit)\s*\{([^{}]*)\}"
)
_LATEX_COMMA = re.compile(r"(?<=[0-9])(?:\{[,.]\}|\\[,;: !]|~|\{\\,\})(?=[0-9]{3}(?![0-9]))")
_LATEX_MARKS = re.compile(r"\\[()\[\]$%&#_{},;: !]|\$")
_POWER = re.compile(r"(?<![^\W\d_])([cdkmµ]?m|in|ft|yd|mi)(?:\^(?=[23](?!\w))|(?=[²³](?!\w)))")
"""A unit before its power: km², km^2."""
_NOTE = re.compile(r"(?:(?<=[0-9]{3})|(?<=[^\W\d_]{2}))[¹²³⁰⁴-⁹]+(?!\w)")
"""A raised number behind a word or a long number: a footnote."""
_FENCE = re.compile(r"^[ \t]*(?:```|~~~)[\w+-]*[ \t]*$", re.MULTILINE)
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\([^()\s]*(?:\s+\"[^\"\n]*\")?\)")
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*\s*/?>")
_STARS = re.compile(r"(?<=[0-9])\*+(?=[0-9])|[*`~]+")
_POINT = re.compile(r"^[ \t>*_]*([0-9]{1,3})[.)][ \t]+(?=\S)", re.MULTILINE)
_RAISED = re.compile(r"(?<=[0-9])(?=[¼-¾⅐-⅞²³¹⁰-⁹₀-₉])")
_IDEOGRAPH = LatePattern(lambda: r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff])")
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛ʼ´′＇", "'"),
        **dict.fromkeys("‐‑−﹣－", "-"),
        **dict.fromkeys("—―⸺", ";"),
        **dict.fromkeys("。！？", "."),
        **dict.fromkeys("$€£¥₹₽₺₩₿¢", " "),
        **dict(zip("øæœłđðþıħ", ("o", "ae", "oe", "l", "d", "d", "th", "i", "h"), strict=True)),
        "⁄": "/",
        "\ufdfa": " ",  # one character that stands for a formula of eighteen
        "\ufdfb": " ",
        "\u00ad": None,
        "\u200b": None,
        "\u200d": None,
        "\ufeff": None,
    }
)
_EN_DASH = re.compile(r"(?<=[^\W_])[–‒](?=[^\W_])")
_BREAK_DASH = re.compile(r"(?<=\s)-+(?=\s)|--+|[–‒]")
_BARE_POINT = re.compile(r"(?<![\w.])\.(?=[0-9])")


def unmarked(text: str) -> str:
    """The text without markdown."""
    if "[" in text or "`" in text or "~" in text or "<" in text:
        text = _TAG.sub(" ", _LINK.sub(r"\1", _FENCE.sub("", text)))
    points = _POINT.findall(text)
    # "15. That is it" is an answer; only points counted from 1 are the markup of a list
    if len(points) > 1 and [int(point) for point in points] == list(range(1, len(points) + 1)):
        text = _POINT.sub("", text)
    if "*" in text or "`" in text or "~" in text:
        text = _STARS.sub(lambda match: " " if match[0][0] == "*" and _inside(match) else "", text)
    return text


def typeset(text: str) -> str:
    """The text with the digits of any script as 0 to 9, without what only a typesetter sees."""
    if not text.isascii():
        text = silent_out(text)
        beyond = {char for char in set(text) if not char.isascii()}
        if any(char.isdecimal() for char in beyond):
            text = ascii_digits(text)
        if any("²" <= char <= "⁹" for char in beyond):
            text = _NOTE.sub("", _POWER.sub(lambda m: f"{m[1]}^", text))
    if "\\" in text or "{" in text or "~" in text:
        text = _LATEX_COMMA.sub(",", text)
        text = _LATEX_MARKS.sub(_typed, _LATEX.sub(r"\1", text))
    return text


def _typed(mark: re.Match[str]) -> str:
    """What is seen of a mark of LaTeX: the sign that it escapes, else a space."""
    return mark[0][1:] if mark[0][1:] in "%&#_" else " "


def ungrouped_in_english(text: str) -> str:
    """The text with its numbers without groups: 4,417 and 1'250'000 are 4417 and 1250000."""
    return _GROUPED.sub(_without_groups, text) if _has_digit(text) else text


def _has_digit(text: str) -> bool:
    return any(digit in text for digit in "0123456789")


def _without_groups(match: re.Match[str]) -> str:
    """A grouped number without its groups; .00 behind it is no version."""
    return re.sub(r"[^0-9]", "", match[0].partition(".")[0])


def _inside(match: re.Match[str]) -> bool:
    """Whether stars stand between digits, where they multiply and do not emphasise."""
    start, end = match.span()
    text = match.string
    return start > 0 and end < len(text) and text[start - 1].isdigit() and text[end].isdigit()


def folded(text: str) -> str:
    """Lower case without accents, with plain quotes and dashes."""
    if not text.isascii():
        plain = _plain()
        text = translated(_RAISED.sub(" ", text), plain)
        for _ in range(2):  # what one fold makes, the other may have to fold again
            before, text = text, _plainer(text, plain)
            if text == before:
                break
        if "–" in text or "‒" in text:
            text = _EN_DASH.sub("-", text)
        text = " ".join(_IDEOGRAPH.split(text))
    text = text.casefold().replace("$", " ")
    if "-" in text or "–" in text or "‒" in text:
        text = _BREAK_DASH.sub(";", text)
    return _BARE_POINT.sub("0.", text) if "." in text else text


def _plainer(text: str, plain: dict[int, str | None]) -> str:
    """One fold of a text that is translated already, into another that is."""
    for fold in (_decomposed, str.casefold):
        changed = fold(text)
        if changed != text:  # what is as it was needs no second look at each of its characters
            text = translated(changed, plain)
    return text


def _decomposed(text: str) -> str:
    return unicodedata.normalize("NFKD", text)


@cache
def _plain() -> dict[int, str | None]:
    """What single characters are written as; accents go, and that before they are put in order.

    To order a row of accents on one letter takes the square of its length. Made when it is asked
    for, in 20 ms.
    """
    return {**dict.fromkeys(map(ord, accents())), **_PLAIN}


def accents() -> str:
    """Every character that stands on the one before it."""
    return "".join(filter(unicodedata.combining, map(chr, range(_FIRST_ACCENT, _PAST_ACCENTS))))


def short_rows(text: str) -> str:
    """The text with at most thirty accents on a letter: to put them in order takes their square.

    Source: Unicode Standard Annex 15, the Stream-Safe Text Format.
    """
    if text.isascii():
        return text
    return _rows().sub(lambda row: row[0][:_MOST_ACCENTS], text)


@cache
def _rows() -> re.Pattern[str]:
    return re.compile(f"[{accents()}]{{{_MOST_ACCENTS},}}")


_MOST_ACCENTS = 30
_FIRST_ACCENT, _PAST_ACCENTS = 0x300, 0x20000
"""Before the one and from the other on no character has a class of combining."""
