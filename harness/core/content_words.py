"""Words that carry meaning, as stems: what two texts have to share to speak of the same thing.

The same stem is taken of both texts, so a careless stem costs precision and never symmetry:
`stem(stem(word)) == stem(word)`.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from sys import intern
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


STOP_WORDS = _words(
    # articles, pronouns, prepositions, auxiliaries: they say nothing about what is asked
    "a about after again all also although am an and another any anybody anyone anything are as"
    " at be because been before being between both but by can cannot could d did do does doing"
    " done don down during each either else even ever every everyone everything few for from"
    " further get gets getting give gives go goes going gone got had has have having he her here"
    " hers herself him himself his how however i if in into is it its itself just let like ll m"
    " make many may me might mine more most much must my myself neither no nor not now of off on"
    " once only onto or other our ours ourselves out over own per please quite rather re really s"
    " same shall she should since so some somebody someone something still such t than that the"
    " their theirs them themselves then there these they thing things this those though through"
    " thus to too toward towards under until up upon us very via was we were what whatever when"
    " where whether which while who whom whose why will with within without would yes yet you"
    " your yours yourself ve am isn aren wasn weren didn doesn hasn haven couldn shouldn wouldn"
    " won came come comes coming"
    # talk about the talk: a question may say "which code did I mention earlier?"
    " answer answers chat conversation earlier exactly mention mentioned mentions previously"
    " recall remember remind reply replies said say says saying session so tell told"
)

_WORD = re.compile(r"\w+")
_PAIR = re.compile(r"(?=([\u3041-\u30ff\u4e00-\u9fff々]{2}))")
_UNDIVIDED = frozenset({"zh", "ja"})
"""Languages that put no spaces between words: two signs in a row stand for one."""
_SNOWBALL = {
    "de": "german", "fr": "french", "es": "spanish", "it": "italian", "pt": "portuguese",
    "nl": "dutch", "ru": "russian", "tr": "turkish", "ar": "arabic", "hi": "hindi",
}  # fmt: skip
_LONG = 5
"""Letters from which a word of another language is taken to carry meaning; of Korean, two."""
_LONG_KOREAN = 2
_VOWEL = re.compile(r"[aeiouy]")
_SHORT = 3
"""Words of so few letters are left as they are."""
_MIN_LY = 4
"""Letters that must stay before -ly: `weekly` loses it, `reply` and `apply` do not."""


def content_stems(text: str, language: str = "en") -> list[str]:
    """The stems of the words that carry meaning, in order, repeats included.

    Args:
        text: Any.
        language: Code of the one that it is written in. Outside of English long words stand for
            those that carry meaning.

    >>> content_stems("Which prices did the clients' agencies quote?")
    ['pric', 'client', 'agency', 'quot']
    """
    return [found for _, found in content_words(text, language)]


def content_words(text: str, language: str = "en") -> list[tuple[str, str]]:
    """The words that carry meaning, small, each with its stem; as `content_stems` tells them."""
    plain = text.casefold()
    if language == "en":
        return [(word, stem(word)) for word in _WORD.findall(plain) if word not in STOP_WORDS]
    if language in _UNDIVIDED:
        return [(pair, pair) for pair in _PAIR.findall(plain)]
    least = _LONG_KOREAN if language == "ko" else _LONG
    long = [word for word in _WORD.findall(plain) if len(word) >= least]
    return [(word, _stemmer(language)(word)) for word in long]


@cache
def _stemmer(language: str) -> Callable[[str], str]:
    """Takes the ending off a word of a language; leaves it on where none is known."""
    if language not in _SNOWBALL:
        return str
    import snowballstemmer

    taken_off: Callable[[str], str] = snowballstemmer.stemmer(_SNOWBALL[language]).stemWord
    return taken_off


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """A word without its plural, tense or -ly; interned, since indexes hold very many.

    >>> [stem(word) for word in ("planned", "planning", "plans", "boxes", "parties", "weekly")]
    ['plan', 'plan', 'plan', 'box', 'party', 'week']
    """
    before = ""
    while word != before:  # until nothing falls off: "meetings" -> "meeting" -> "meet"
        before = word
        word = _shorter(word)
    return intern(word)


def _shorter(word: str) -> str:
    """The word with one ending taken off, if it has one."""
    if len(word) <= _SHORT or not word.isalpha():
        return word  # codes and numbers are names: they have no grammar
    for ending, put in (("ies", "y"), ("ied", "y"), ("sses", "ss"), ("eed", "ee")):
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return word[: -len(ending)] + put
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-2] if word.endswith(("xes", "zes", "ches", "shes", "ses")) else word[:-1]
    for ending in ("ing", "ed"):
        rest = word[: -len(ending)]
        if word.endswith(ending) and len(rest) >= _SHORT and _VOWEL.search(rest):
            doubled = rest[-1] == rest[-2] and rest[-1] not in "aeioulsz"
            return rest[:-1] if doubled else rest
    if word.endswith("ly") and len(word) - 2 >= _MIN_LY:
        return word[:-2]
    return word.removesuffix("e")
