"""The rules `max_words` and `max_sentence_words`: how long a reply and its sentences may be."""

from __future__ import annotations

from dataclasses import dataclass, replace

from harness.core.printable import how_many, shown
from harness.core.probe import Score
from harness.scoring.rules.prose import prose_sentences, prose_words, without_code

_SHOWN = 6
"""Words of a long sentence that its reason quotes."""


@dataclass(frozen=True, slots=True)
class MaxWords:
    """Kept when the reply has no more words than that; blocks of code do not count."""

    most: int

    def __post_init__(self) -> None:
        _positive("max_words", self.most)

    def check(self, reply: str, /) -> Score:
        """Whether the whole reply is short enough."""
        count = len(prose_words(without_code(reply)))
        why = f"The reply has {how_many(count, 'word')}; {self.most} are allowed."
        return Score(float(count <= self.most), why)

    def settled(self, _reply: str, verdict: float, /) -> bool:
        """Too long stays too long."""
        return not verdict


@dataclass(frozen=True, slots=True)
class MaxSentenceWords:
    """Kept when no sentence has more words than that; blocks of code do not count."""

    most: int
    language: str = "en"
    """Code of the language that says where a sentence ends; that of the scenario unless given."""

    def __post_init__(self) -> None:
        _positive("max_sentence_words", self.most)

    def spoken_in(self, language: str, /) -> MaxSentenceWords:
        """The rule for replies in a language, unless it was told another."""
        return self if self.language != "en" else replace(self, language=language)

    def check(self, reply: str, /) -> Score:
        """Whether every sentence is short enough."""
        counted = [
            (len(found), found) for found in map(prose_words, prose_sentences(reply, self.language))
        ]
        longest, said = max(counted, key=lambda sentence: sentence[0], default=(0, ()))
        if longest <= self.most:
            return Score(1.0, f"The longest sentence has {how_many(longest, 'word')}.")
        opening = shown(" ".join(said[:_SHOWN]))
        why = (
            f"A sentence has {how_many(longest, 'word')}, {self.most} are allowed: '{opening} ...'."
        )
        return Score(0.0, why)

    def settled(self, _reply: str, verdict: float, /) -> bool:
        """A sentence that is too long stays so."""
        return not verdict


def _positive(name: str, most: int) -> None:
    if most < 1:
        raise ValueError(f"{name} is {most}; expected 1 or more")
