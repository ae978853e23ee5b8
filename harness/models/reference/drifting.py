"""The law of drift: standing rules are read and followed, up to a fill; beyond it less and less.

It forgets no fact. What it writes to a turn that asks nothing is plain office prose, in which each
rule that it follows is kept and each that it has drifted from is broken, so that adherence is the
law's own `follows` and nothing else.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.models.reference.base import Prompt, Reader, between, chance
from harness.models.reference.orders import orders
from harness.models.reference.text import is_question, sentences

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.models.reference.orders import Kind, Order
    from harness.models.reference.reader import Reading

_SAID = (
    "Done.", "All right.", "That works.", "Good point.", "Consider it done.", "I will do that.",
    "Thanks for letting me know.", "I have put it on the list.", "That should be quick.",
    "Let me look into it today.", "I agree with that plan.", "It fits what we have so far.",
    "I will come back to you tomorrow.", "You will have it before the end of the day.",
    "There is enough time for that this week.",
)  # fmt: skip
"""Sentences of one to nine words, shortest first."""
_GERMAN = (
    "Das ist erledigt und liegt jetzt bei den anderen Unterlagen.",
    "Ich kümmere mich noch heute darum und melde mich dann wieder.",
    "Vielen Dank für den Hinweis, das passt gut zu unserem Plan.",
)
_REQUEST = re.compile(
    r"(?:please |can you |could you )?(?:list|name|give|tell|quote|state|repeat|say)\b",
    re.IGNORECASE,
)
_ADDED = ("and", "while", "so", "although", "because")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drifting(Reader):
    """Follows the rules that it was given up to the onset, then each reply less likely."""

    onset: float = 0.6
    """Fill where the drift begins."""
    slope: float = 4.0
    """Adherence lost for one unit of fill beyond the onset."""
    floor: float = 0.0
    """Adherence never falls below it."""

    def __post_init__(self) -> None:
        Reader.__post_init__(self)
        between("onset", self.onset, 0)
        between("slope", self.slope, 0)
        between("floor", self.floor, 0, 1)

    def follows(self, fill: float, /) -> float:
        """The probability that a rule is followed: max(floor, 1 - slope * (fill - onset))."""
        return max(self.floor, 1.0 - self.slope * max(0.0, fill - self.onset))

    def say(self, prompt: Prompt, reading: Reading) -> str:
        """The answer, or else some office prose, under the rules that are followed."""
        key, share = prompt.key(), self.follows(prompt.fill)
        standing = orders(prompt.messages)
        kept = {order.kind: chance(key, order.sentence) < share for order in standing}
        known = _asks(prompt) and bool(reading.found) and reading.enough(reading.found[0])
        said = [reading.answer()] if known else []
        return _Writer(key, standing, kept).write(said)


def _asks(prompt: Prompt) -> bool:
    """Whether the last message asks for something, and does not only tell."""
    said = sentences(prompt.messages[-1].text) if prompt.messages else ()
    return any(is_question(part) or _REQUEST.match(part) for part in said)


class _Writer:
    """One reply while it is written."""

    def __init__(self, key: bytes, standing: Sequence[Order], kept: dict[Kind, bool]) -> None:
        self._key = key
        self._drawn = 0
        self._orders: dict[Kind, Order] = {order.kind: order for order in standing}
        self._kept = kept

    def write(self, said: list[str]) -> str:
        """The whole reply.

        Args:
            said: What answers the question, if something does.
        """
        parts = list(self._limited(said or self._prose()))
        parts = self._as_long_as_allowed(parts)
        if "ban" in self._orders and not self._keeps("ban"):
            parts.append(f"We could {self._orders['ban'].texts[0]} it.")
        if self._keeps("opening"):
            parts.insert(0, self._orders["opening"].texts[0])
        text = " ".join(parts)
        if "prose" in self._orders and not self._keeps("prose"):
            text += "\n- First this.\n- Then that."
        if self._keeps("phrase"):
            text += f"\n{self._orders['phrase'].texts[0]}"
        return json.dumps({"reply": text}) if self._keeps("json") else text

    def _keeps(self, kind: Kind) -> bool:
        """Whether there is such a rule, and it is followed."""
        return self._kept.get(kind, False)

    def _draw(self) -> float:
        self._drawn += 1
        return chance(self._key, f"draw {self._drawn}")

    def _pick(self, options: Sequence[str]) -> str:
        return options[int(self._draw() * len(options))]

    def _prose(self) -> list[str]:
        """Two to four sentences."""
        if self._keeps("german"):
            return [self._pick(_GERMAN)]
        most = len(_SAID)
        if self._keeps("sentence"):
            most = self._orders["sentence"].words - self._led_in()
        fitting = [text for text in _SAID if _count(text) <= most] or [_SAID[0]]
        banned = self._orders["ban"].texts if "ban" in self._orders else ()
        fitting = [
            text for text in fitting if not any(b.lower() in text.lower() for b in banned)
        ] or fitting
        return [self._pick(fitting) for _ in range(2 + int(self._draw() * 3))]

    def _limited(self, parts: list[str]) -> Iterator[str]:
        """The sentences, cut to the length allowed, or the first of them longer than that."""
        if "sentence" not in self._orders:
            yield from parts
            return
        most = self._orders["sentence"].words
        if self._keeps("sentence"):
            for place, part in enumerate(parts):
                yield from _in_pieces(part, most, most - (0 if place else self._led_in()))
            return
        first, *rest = parts
        while _count(first) <= most:
            first = f"{first.rstrip('.')}, {self._pick(_ADDED)} {_lower(self._pick(_SAID))}"
        yield first
        yield from rest

    def _led_in(self) -> int:
        """Words of an opening that begins the first sentence and is none by itself."""
        text = self._orders["opening"].texts[0] if self._keeps("opening") else ""
        return 0 if text.endswith((".", "!", "?")) else _count(text)

    def _as_long_as_allowed(self, parts: list[str]) -> list[str]:
        """The reply within the words allowed, or with more of them."""
        if "length" not in self._orders:
            return parts
        most = self._orders["length"].words
        if not self._keeps("length"):
            while sum(map(_count, parts)) <= most:
                parts.append(self._pick(_SAID))
            return parts
        taken = _count(self._orders["opening"].texts[0]) if self._keeps("opening") else 0
        kept: list[str] = []
        for part in parts:
            if taken + _count(part) > most and kept:
                break
            words = part.split()[: max(most - taken, 1)]
            kept.append(" ".join(words).rstrip(".,;:") + ".")
            taken += len(words)
        return kept


def _in_pieces(sentence: str, most: int, first: int) -> Iterator[str]:
    """The sentence as several of at most so many words each, and the first of at most `first`."""
    words = sentence.split()
    room = max(first, 1)
    while words:
        size = min(room, len(words))
        # "I." would be read as an initial and "26." as a point: the next piece would be no other
        while 1 < size < len(words) and not _ends_well(words[size - 1]):
            size -= 1
        piece = " ".join(words[:size]).rstrip(".,;:!?") + "."
        yield piece[:1].upper() + piece[1:]
        words = words[size:]
        room = most


def _ends_well(word: str) -> bool:
    bare = word.strip(".,;:!?\"'")
    return len(bare) > 1 and not bare[-1].isdigit()


def _count(text: str) -> int:
    return len(text.split())


def _lower(text: str) -> str:
    return text if text.startswith("I ") else text[:1].lower() + text[1:]
