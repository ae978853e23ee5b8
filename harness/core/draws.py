"""Repeatable chance: the same names give the same draws on any machine and in any process.

Only `random.Random.random()` is documented to be stable over Python versions, so everything here
is built on it, and seeds are hashes of text, never `hash()`.
"""

from __future__ import annotations

import hashlib
import json
import random
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")

_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
"""Made once: a plan spells millions of values."""


def canonical(value: object) -> bytes:
    """One spelling of a JSON value: sorted keys, no spaces, UTF-8."""
    return _JSON.encode(value).encode("utf-8", errors="surrogatepass")


def digest(value: object, *, size: int = 16) -> str:
    """The hexadecimal BLAKE2b hash of a JSON value.

    Args:
        value: Anything that JSON can hold.
        size: Length of the hash in bytes; the text is twice as long.

    >>> digest({"b": 1, "a": 2}) == digest({"a": 2, "b": 1})
    True
    """
    return hashlib.blake2b(canonical(value), digest_size=size).hexdigest()


def text_digest(*texts: str) -> str:
    """`digest` of a list of texts, in a third of its time: sessions have tens of thousands.

    >>> text_digest("user", "Grüß Gott") == digest(["user", "Grüß Gott"])
    True
    """
    spelled = f"[{','.join(map(encode_basestring, texts))}]"
    return hashlib.blake2b(spelled.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def names_digest(*names: object) -> str:
    """`digest` of a list of names, in a third of its time: a plan has one for each trial.

    >>> names_digest("key", 3, None) == digest(["key", 3, None])
    True
    """
    return hashlib.blake2b(_listed(names), digest_size=16).hexdigest()


def _listed(names: Sequence[object]) -> bytes:
    """`canonical` of a list whose members are texts and whole numbers, as a rule."""
    spelled = [
        encode_basestring(name)
        if name.__class__ is str
        else repr(name)
        if name.__class__ is int
        else _JSON.encode(name)
        for name in names
    ]
    return f"[{','.join(spelled)}]".encode("utf-8", "surrogatepass")


def unit(*names: object) -> float:
    """A number in [0, 1) drawn from the names alone."""
    raw = hashlib.blake2b(_listed(names), digest_size=8).digest()
    return (int.from_bytes(raw, "big") >> 11) / float(1 << 53)


class Draws:
    """A stream of repeatable draws, named by what it is for.

    >>> Draws("a", 1).below(1000) == Draws("a", 1).below(1000)
    True
    """

    __slots__ = ("_names", "fraction")

    def __init__(self, *names: object) -> None:
        raw = hashlib.blake2b(_listed(names), digest_size=16).digest()
        self._names = names
        self.fraction = random.Random(int.from_bytes(raw, "big")).random
        """Draws a float in [0, 1), for those who draw a million times."""

    def child(self, *names: object) -> Draws:
        """An independent stream; drawing from it does not move this one."""
        return Draws(*self._names, *names)

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        """A float in [low, high)."""
        return low + (high - low) * self.fraction()

    def below(self, n: int) -> int:
        """An integer in [0, n)."""
        # below n however the product is rounded: a fraction is at most 1 - 2**-53
        return int(self.fraction() * n)

    def choice(self, items: Sequence[T]) -> T:
        """One of the items."""
        return items[int(self.fraction() * len(items))]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """The items in a drawn order (Fisher and Yates)."""
        order, fraction = list(items), self.fraction
        for i in range(len(order) - 1, 0, -1):
            j = int(fraction() * (i + 1))  # `below`, without a call for each
            order[i], order[j] = order[j], order[i]
        return order
