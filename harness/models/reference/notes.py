"""How a reference model takes notes: it lists the telling sentences that it can see.

Its one rule: a sentence is told by its words alone. How telling one is, is the rarity of its words
in the conversation, so that what is said once and nowhere else comes first; which sentences will be
asked for nobody has told the model.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from math import fsum, log
from typing import TYPE_CHECKING

from harness.models.reference.reader import BACKGROUND
from harness.models.reference.text import stems

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from harness.core.messages import Message
    from harness.models.reference.reader import Page, Sees

_ASKED = re.compile(
    r"^(?:please )?(?:write down what should be remembered|take notes|summari[sz]e )", re.IGNORECASE
)
_AT_MOST = re.compile(r"\bat most (\d+) tokens\b", re.IGNORECASE)
_AS_LIST = re.compile(r"\bbegins? with '- '")
_NOTE = re.compile(r"^- (?=\S)")
_SO_FAR = "\n\n"
"""Behind the instruction, and before the notes so far."""

_SHORT = 2.0
"""Added to the number of words: a sentence of one rare word is not yet the most telling one."""

OF_THE_MODEL = 0.7
"""What a sentence of the assistant is worth beside one of the user: notes are about what the user
told, and what the model itself made of it can be made again."""

DEFAULT_TOKENS = 400
"""Most tokens of notes where the instruction names no bound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a model is told to write down."""

    tokens: int
    """At most so many."""
    as_list: bool
    """Each sentence in a line that begins with "- "."""
    so_far: tuple[str, ...]
    """The notes that it is to keep where they still hold."""


def task_of(messages: Sequence[Message]) -> Task | None:
    """What the last message tells the model to write down; None when it asks for something else.

    >>> from harness.core.messages import Message
    >>> task_of([Message("user", "Summarise our conversation in at most 90 tokens.")]).tokens
    90
    >>> task_of([Message("user", "Which colour did Ana choose?")]) is None
    True
    """
    if not messages or messages[-1].role != "user":
        return None
    text = messages[-1].text.strip()
    if not _ASKED.match(text):
        return None
    text, _, so_far = text.partition(_SO_FAR)
    bound = _AT_MOST.search(text)
    return Task(
        tokens=int(bound[1]) if bound else DEFAULT_TOKENS,
        as_list=_AS_LIST.search(text) is not None,
        so_far=tuple(_NOTE.sub("", line).strip() for line in so_far.splitlines() if line.strip()),
    )


def take_notes(
    task: Task,
    pages: Sequence[Page],
    told: Mapping[int, float],
    sees: Sees | None,
    *,
    keeps: Callable[[str], bool],
    count: Callable[[str], int],
) -> str:
    """The most telling sentences that fit, in the order in which they were said.

    Args:
        task: What is to be written.
        pages: The conversation.
        told: Pages that somebody said, and what a sentence of each is worth; see `OF_THE_MODEL`.
        sees: Which sentences are visible; all where None.
        keeps: Whether a sentence gets written at all.
        count: Tokens of a text.
    """
    weight = dict.fromkeys(task.so_far, 1.0)
    for index, share in told.items():
        for sentence in pages[index].sentences:
            if sees is None or sees(index, sentence):
                weight.setdefault(sentence, share)
    sentences = list(weight)
    words = {sentence: set(stems(sentence)) for sentence in sentences}
    held = Counter(word for sentence in sentences for word in words[sentence])

    def worth(sentence: str) -> float:
        rare = [log(1 + (len(sentences) + BACKGROUND) / (held[w] + 1)) for w in words[sentence]]
        # in whatever order a set gives its words, the sum is the same to the last bit
        return weight[sentence] * fsum(rare) / (len(rare) + _SHORT)

    mark = "- " if task.as_list else ""
    left = task.tokens
    chosen: set[str] = set()
    for sentence in sorted(sentences, key=lambda s: (-worth(s), s)):
        if not words[sentence] or not keeps(sentence):
            continue
        size = count(f"{mark}{sentence}\n")
        if size <= left:
            left -= size
            chosen.add(sentence)
    return "\n".join(f"{mark}{sentence}" for sentence in sentences if sentence in chosen)
