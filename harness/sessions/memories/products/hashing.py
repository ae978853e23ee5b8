"""Texts as vectors without a model: words and parts of words, hashed into a fixed length.

For products that want embeddings where none can be loaded. It knows no meaning, only spelling: what
it finds is what shares words with the question, and records say that it was used.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HASHED = "embeddings by hashing"
"""What records say of it."""
_WORD = re.compile(r"\w+")
_PART = 4
"""Letters of a part of a word, which holds what its forms have in common."""
_OF_A_PART = 0.3
"""What a part is worth beside a whole word."""
_COMMON = re.compile(
    r"an?|and|are|as|at|be|but|by|did|do|does|for|from|had|has|have|how|i|in|is|it|its|me|my|not?|of"
    r"|on|or|our|she|he|that|the|their|them|they|this|to|us|was|we|were|what|when|where|which|who"
    r"|will|with|your?"
)
"""Words that say nothing of what a text is about."""


class HashingEmbedder:
    """Makes vectors of length 1; texts without a word in common stand at right angles, nearly.

    Args:
        dimensions: Length of the vectors.
    """

    def __init__(self, dimensions: int = 512) -> None:
        self.dimensions = dimensions

    def vector(self, text: str) -> list[float]:
        """The vector of a text; that of no words is all equal."""
        weights: Counter[str] = Counter()
        for word in _WORD.findall(text.casefold()):
            if _COMMON.fullmatch(word):
                continue
            weights[word] = 1
            for part in _parts(word):
                weights[f"#{part}"] = 1
        vector = [0.0] * self.dimensions
        for feature in sorted(weights):
            place, sign = self._place(feature)
            vector[place] += sign * (_OF_A_PART if feature.startswith("#") else 1.0)
        return _normal(vector)

    def vectors(self, texts: Iterable[str]) -> list[list[float]]:
        """The vectors of several texts."""
        return [self.vector(text) for text in texts]

    def _place(self, feature: str) -> tuple[int, float]:
        raw = hashlib.blake2b(feature.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        number = int.from_bytes(raw, "big")
        return number % self.dimensions, 1.0 if number >> 63 else -1.0


def _parts(word: str) -> Iterator[str]:
    for start in range(len(word) - _PART + 1):
        yield word[start : start + _PART]


def _normal(vector: list[float]) -> list[float]:
    length = math.sqrt(math.fsum(value * value for value in vector))
    if not length:
        return [1 / math.sqrt(len(vector))] * len(vector)
    return [value / length for value in vector]
