"""The rules `must_include`, `must_not_include`, `starts_with` and `regex`: what a reply says.

Their one rule: typography is no wording. Curly quotes, special spaces and the marks of Markdown do
not hide a phrase; and a phrase is found as whole words, so "art" is not in "party".
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from harness.core.markup import short_rows
from harness.core.probe import Score
from harness.scoring.patterns import TOO_SLOW, all_found, check_pattern

_PLAIN = str.maketrans(
    {**dict.fromkeys("‘’‚‛ʼ´", "'"), **dict.fromkeys("“”„‟«»", '"'), "\u00ad": None, "\u200b": None}
)
_EMPHASIS = re.compile(r"\*{1,3}(?=\S)|(?<=\S)\*{1,3}|(?<!\w)_{1,3}(?=\w)|(?<=\w)_{1,3}(?!\w)|`+")
_OPENING = re.compile(r"^(?:[\s>#\"]|[-*+•]\s|\*{1,3}|_{1,3}|`+)*")
_MARKS = frozenset("*_`")
_UNSPACED = re.compile(r"[\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
"""Characters of languages that put no space between words."""
_GLUED = re.compile(rf"{_UNSPACED.pattern}|[\uac00-\ud7a3]")
"""Those, and the syllables of Korean, which glues its particles behind."""
_TYPOGRAPHY = 8
"""Characters of marks that may stand before and in the opening of a reply."""


@dataclass(frozen=True, slots=True)
class MustInclude:
    """Kept when the reply holds every phrase, in small letters or capitals."""

    phrases: str
    """One a line."""

    def __post_init__(self) -> None:
        _each("must_include", self.phrases)

    def check(self, reply: str, /) -> Score:
        """Whether every phrase is there."""
        for phrase in _each("must_include", self.phrases):
            if not _holds(reply, phrase):
                return Score(0.0, f"The reply does not hold '{phrase}'.")
        return Score(1.0, "The reply holds what it must.")

    def settled(self, _reply: str, verdict: float, /) -> bool:
        """What is there stays there."""
        return bool(verdict)


@dataclass(frozen=True, slots=True)
class MustNotInclude:
    """Kept when the reply holds none of the phrases; quoting one is holding it."""

    phrases: str
    """One a line."""

    def __post_init__(self) -> None:
        _each("must_not_include", self.phrases)

    def check(self, reply: str, /) -> Score:
        """Whether no phrase is there."""
        for phrase in _each("must_not_include", self.phrases):
            if _holds(reply, phrase):
                return Score(0.0, f"The reply holds '{phrase}'.")
        return Score(1.0, "The reply holds nothing that it must not.")

    def settled(self, _reply: str, verdict: float, /) -> bool:
        """What is there stays there."""
        return not verdict


@dataclass(frozen=True, slots=True)
class StartsWith:
    """Kept when the reply begins with the text; marks of Markdown before it do not matter."""

    text: str
    ignore_case: bool = True

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ValueError("starts_with has no text")

    def check(self, reply: str, /) -> Score:
        """Whether it begins so."""
        wanted = _flat(self.text, keep=self.text, fold=self.ignore_case)
        pattern = _whole(wanted)
        if any(re.match(pattern, start) for start in self._starts(reply, wanted)):
            return Score(1.0, "The reply starts as it must.")
        return Score(0.0, f"The reply does not start with '{' '.join(self.text.split())}'.")

    def settled(self, reply: str, _verdict: float, /) -> bool:
        """Enough was said to tell."""
        return len(reply.strip()) > len(self.text) + _TYPOGRAPHY

    def _starts(self, reply: str, wanted: str) -> tuple[str, str]:
        """The reply as it stands, and behind the marks that open it."""
        bare = _OPENING.sub("", reply.translate(_PLAIN))
        return (
            _flat(reply, keep=wanted, fold=self.ignore_case),
            _flat(bare, keep=wanted, fold=self.ignore_case),
        )


@dataclass(frozen=True, slots=True)
class RegexRule:
    """Kept when the pattern is found in the reply; write `(?i)` in it to ignore case."""

    pattern: str

    def __post_init__(self) -> None:
        check_pattern(self.pattern)

    def check(self, reply: str, /) -> Score:
        """Whether it is found; None where that takes longer than half a second."""
        found = all_found([self.pattern], reply)
        if found is None:
            return Score(None, TOO_SLOW)
        if found:
            return Score(1.0, "The pattern is found in the reply.")
        return Score(0.0, "The pattern is not found in the reply.")


def _each(rule: str, phrases: str) -> tuple[str, ...]:
    """The phrases, one a line."""
    found = tuple(" ".join(line.split()) for line in phrases.splitlines() if line.strip())
    if not found:
        raise ValueError(f"{rule} names no phrase")
    return found


def _holds(reply: str, phrase: str) -> bool:
    wanted = _flat(phrase, keep=phrase)
    return re.search(_whole(wanted), _flat(reply, keep=phrase)) is not None


@lru_cache(maxsize=1 << 10)
def _whole(phrase: str) -> str:
    """A pattern that finds the phrase where no letter or digit goes on before or after it."""
    before = r"(?<!\w)" if phrase[:1].isalnum() and not _UNSPACED.match(phrase[:1]) else ""
    after = r"(?!\w)" if phrase[-1:].isalnum() and not _GLUED.match(phrase[-1:]) else ""
    return f"{before}{re.escape(phrase)}{after}"


def _flat(text: str, *, keep: str, fold: bool = True) -> str:
    """The text without typography.

    Args:
        text: Of a reply or a phrase.
        keep: The phrase that is looked for; marks that it holds itself are not taken out.
        fold: Whether capitals become small letters.
    """
    plain = unicodedata.normalize("NFKC", short_rows(text)).translate(_PLAIN)
    if _MARKS.isdisjoint(keep):
        plain = _EMPHASIS.sub("", plain)
    plain = " ".join(plain.split())
    return plain.casefold() if fold else plain
