"""Where the words of a value stand in a text, whatever its language glues to them.

Its one rule: a word of the value is found with an ending, a particle or a prefix of the language
and nothing else. Digits and codes are never bent, and where characters stand without spaces a
value is found as a run of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from harness.core.languages.folding import fold
from harness.core.languages.table import TABLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_FEWEST = 2
"""Letters of a word that anything is glued to."""
_SHORT = 4
"""Letters up to which a word may keep a stem of two."""
_HARDER = {"g": "dz", "k": "c", "r": "rz", "t": "c", "d": "dz", "l": "l"}
"""What becomes of the last letter of a Polish stem before some endings."""
_SOFTER = {"p": "b", "c": "c", "t": "d", "k": "g"}
"""What becomes of the last letter of a Turkish word before a vowel; ğ is folded to g."""
_LONG_VOWEL = re.compile(r"([aeou])\1([^aeiou])$")
_FLEETING = re.compile(r"[eoео](?=[^\W\d_aeiouyаеиоуыэюя]$)")
"""A vowel that falls out when an ending follows: Marek, Marka."""

_KOREAN = (
    "은 는 이 가 을 를 의 에 에서 에게 에게서 께 께서 한테 로 으로 와 과 도 만 까지 부터 보다 "
    "처럼 마다 이나 나 이랑 랑 하고 씨 님 이라고 라고 이라는 라는 이란 란 이라 라 이며 며 "
    "이고 고 인 이었 였 이에요 예요 에요 이죠 죠 이지요 지요 이다 다 입니다 이었습니다 "
    "였습니다 이었어요 였어요 이었다 였다 인데 인데요 이네요 네요 이야 야 군요 이군요 "
    "이거든요 거든요 일 뿐 대로 조차 밖에 이었고 였고 이었으며 이었는데 였는데 입니다만 "
    "으로서 로서 으로써 로써 이셨습니다 이십니다 이세요 세요 요 이시고 이신 이므로 이니 니까 "
    "이니까 이었으니 었 습니다 원 명 개 번 호 일까지 쪽 측 "
)
"""Particles, and endings of "to be"."""
_TURKISH = (
    r"(?:y|n|s|ni|si|yi|lar|ler|i|u|a|e|in|un|nin|nun|im|um|imiz|umuz|da|de|ta|te|dan|den|tan|ten"
    r"|la|le|yla|yle|ya|ye|na|ne|nda|nde|ndan|nden|dir|dur|tir|tur|di|du|ti|tu|ydi|ydu|mis|mus|ymis"
    r"|ki|daki|deki|taki|teki|ca|ce|li|lu|lik|luk|miydi|mi)"
)
_BEFORE_ARABIC = r"(?:[وف]?(?:[بلك]|لل|س)?(?:ال)?|[وف]?لل)"
_AFTER_ARABIC = r"(?:ا|ه|ها|هم|هما|هن|ي|ين|ون|ات|ان|نا|كم|ك|تها|ته|تنا|تي|تكم|ت|يا)?"


@dataclass(frozen=True, slots=True)
class Form:
    """The words of a value, ready to be found."""

    words: tuple[str, ...]
    patterns: tuple[re.Pattern[str] | None, ...]
    """What else each word may look like; None where it has one look."""


def find_words(words: Sequence[str], needle: tuple[str, ...], code: str) -> tuple[int, ...]:
    """Where the words of a value begin, each time.

    Args:
        words: Of the text, in its normal form.
        needle: Of the value, in the same.
        code: Of the language.
    """
    if not needle:
        return ()
    form = _form(needle, code)
    size = len(needle)
    first, pattern = form.words[0], form.patterns[0]
    found = []
    for i in range(len(words) - size + 1):
        if not _fits(words[i], first, pattern):
            continue
        if all(_fits(words[i + k], form.words[k], form.patterns[k]) for k in range(1, size)):
            found.append(i)
    return tuple(found)


def _fits(word: str, plain: str, pattern: re.Pattern[str] | None) -> bool:
    return word == plain or (pattern is not None and pattern.fullmatch(word) is not None)


@lru_cache(maxsize=1 << 12)
def _form(needle: tuple[str, ...], code: str) -> Form:
    return Form(needle, tuple(_pattern(word, code) for word in needle))


@lru_cache(maxsize=1 << 12)
def _pattern(word: str, code: str) -> re.Pattern[str] | None:
    """What a word looks like with what its language glues to it."""
    gluing = TABLE[code].gluing
    if len(word) < _FEWEST or any(char.isdigit() for char in word):
        return None
    if gluing == "endings":
        return _declined(word, code)
    if gluing == "particles":
        return re.compile(rf"{re.escape(word)}(?:{_particles()}){{1,4}}")
    if gluing == "turkish":
        soft = _SOFTER.get(word[-1])
        stems = [re.escape(word)] + ([re.escape(word[:-1] + soft)] if soft else [])
        return re.compile(rf"(?:{'|'.join(stems)})(?:{_TURKISH}){{1,5}}")
    if gluing == "arabic":
        bare = word.removeprefix("ال") if len(word) > _SHORT else word
        stem = re.escape(bare[:-1]) + "[هت]" if bare.endswith("ه") else re.escape(bare)
        return re.compile(rf"{_BEFORE_ARABIC}{stem}{_AFTER_ARABIC}")
    return None


@lru_cache(maxsize=1)
def _particles() -> str:
    listed = sorted({fold(word) for word in _KOREAN.split()}, key=len, reverse=True)
    return "|".join(map(re.escape, listed))


@lru_cache(maxsize=16)
def _endings(code: str) -> tuple[str, ...]:
    listed = {fold(ending) for ending in TABLE[code].endings.split()}
    return ("", *sorted(listed, key=len, reverse=True))


def _dutch(word: str) -> Iterator[str]:
    """A stem as it is spelled before a vowel: droog and droge, wit and witte, lief and lieve."""
    open_ = _LONG_VOWEL.sub(r"\1\2", word)
    yield open_
    yield word + word[-1]
    if word[-1] in "fs":
        yield open_[:-1] + {"f": "v", "s": "z"}[word[-1]]


def _declined(word: str, code: str) -> re.Pattern[str]:
    """The stems of a word, each with any ending of the language."""
    endings = _endings(code)
    least = 2 if len(word) <= _SHORT else 3
    stems: dict[str, None] = {}
    for ending in endings:
        stem = word.removesuffix(ending) if ending else word
        if (ending and stem == word) or len(stem) < least:
            continue
        stems[stem] = None
        if code == "pl" and stem[-1] in _HARDER:
            stems[stem[:-1] + _HARDER[stem[-1]]] = None
    if code in {"pl", "ru"} and len(word) > least:
        stems[_FLEETING.sub("", word)] = None
    if code == "nl":
        stems.update(dict.fromkeys(_dutch(word)))
    listed = "|".join(map(re.escape, stems))
    return re.compile(rf"(?:{listed})(?:{'|'.join(map(re.escape, endings))})")
