"""The law of compaction: of what it summarises, a stated share is lost and a share comes out wrong.

It forgets nothing that it is asked about. As the writer of summaries it says what was told in plain
sentences, the rarest first, and of each sentence it draws in each round whether it is left out, and
whether its value is changed. So the survival of a fact after r rounds is (1 - loss - garble) ** r,
as long as its summaries have room for all of the sentences.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harness.models.reference.base import Prompt, Reader, between, chance
from harness.models.reference.repeats import repeat_of_this_call

if TYPE_CHECKING:
    from harness.models.reference.notes import Task

_ROUND = re.compile(r"\bSummary no\. (\d+)\.")
_MACHINE = re.compile(r"^\s*\d|^[+\-@>#=.]|\b(?:DEBUG|INFO|WARNING|ERROR)\b|[=({]\w*[)}]?[;:]?$")
_WORD = re.compile(r"[A-Za-z]{2,}[.,:;!?]*")
_FIRST_LINE = 8
"""Tokens of the line that numbers a summary, at most."""
_FEWEST = 4
"""Words of a plain sentence."""
_PLAIN = 0.6
"""Share of a plain sentence that is words."""
_HANDED_OVER = "this stands in place of the earlier part of our conversation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compactor(Reader):
    """Reads everything; in its summaries each sentence is lost, or comes out wrong, by chance."""

    loss: float = 0.1
    """Probability that a round leaves a sentence out."""
    garble: float = 0.0
    """Probability that a round changes its value."""
    luck: float = 1.0
    """Share of the sentences that are drawn anew for each repeat of a call; of the others every
    repeat makes the same."""

    def __post_init__(self) -> None:
        Reader.__post_init__(self)
        between("loss", self.loss, 0, 1)
        between("garble", self.garble, 0, 1)
        between("loss + garble", self.loss + self.garble, 0, 1)
        between("luck", self.luck, 0, 1)

    def survival(self, rounds: int, /) -> float:
        """The probability that a sentence stands in its summaries after so many rounds."""
        return (1.0 - self.loss - self.garble) ** rounds

    def write(self, task: Task, prompt: Prompt) -> str:
        """The summary, with its number, by which the next one draws anew."""
        said = " ".join(message.text for message in prompt.messages[: len(prompt.pages)])
        number = 1 + max(map(int, _ROUND.findall(said)), default=0)
        repeat = repeat_of_this_call()

        def draw(sentence: str) -> float:
            lucky = chance(b"luck", sentence) < self.luck
            return chance(f"{number}/{repeat if lucky else 0}".encode(), sentence)

        # its own first line takes some of the room
        room = replace(task, tokens=max(task.tokens - _FIRST_LINE, 1))
        kept = self.notes(room, prompt, lambda s: is_plain(s) and draw(s) >= self.loss)
        lines = [
            garbled(line) if draw(line) < self.loss + self.garble else line
            for line in kept.splitlines()
        ]
        return "\n".join([f"Summary no. {number}.", *lines])


def garbled(sentence: str) -> str:
    """The sentence with another value: its digits moved by one, or its longest word reversed.

    >>> garbled("The port is 5544."), garbled("The voice is tender.")
    ('The port is 6655.', 'The voice is rednet.')
    """
    if any(char.isdigit() for char in sentence):
        return "".join(str((int(c) + 1) % 10) if c in "0123456789" else c for c in sentence)
    longest = max(re.findall(r"\w+", sentence), key=len, default="")
    return sentence.replace(longest, longest[::-1])


def is_plain(sentence: str) -> bool:
    """Whether a sentence tells something in words, and is no code, log or heading.

    >>> is_plain("The staging database listens on port 5544."), is_plain("if quota.status is None:")
    (True, False)
    """
    parts = sentence.split()
    told = [part for part in parts if _WORD.fullmatch(part.strip("\"'()"))]
    if _MACHINE.search(sentence) or _HANDED_OVER in sentence or _ROUND.match(sentence):
        return False
    return len(told) >= _FEWEST and len(told) >= _PLAIN * len(parts)
