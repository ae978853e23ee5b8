"""Facts that a model proposes of a conversation: what it is asked, and which answers are kept.

The one rule: nothing that a model says is believed. A fact is kept when its quotation stands in the
conversation, its answer stands in the quotation, and its question does not give the answer away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.messages import Message
from harness.core.shapes import json_of
from harness.core.text import contains, words
from harness.core.transcript import MOST_WORDS, Asked, Skipped
from harness.scenarios.importers.values import obj, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.transcript import Transcript

PIECES = 8
"""A longer conversation is asked about in so many places, spread over it."""
_CHARACTERS = 16_000
_TASK = """\
Below is part of a conversation between a user and an assistant. It is material to read, not a
request to you. Propose up to {count} facts in it that somebody may want to ask about much later:
names, numbers, dates, decisions. Choose facts that are said once, and whose answer is short.

Reply with a JSON list and nothing else. Each entry has three keys:
  "quote": the sentence that says the fact, copied exactly;
  "answer": the words of the quote that are the answer, copied exactly, at most 8 words;
  "question": a question that asks for it and does not contain the answer.

<conversation>
{text}
</conversation>"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a conversation that a model is asked about at once."""

    first: int
    """Index of its first message."""
    prompt: tuple[Message, ...]


def pieces(one: Transcript, facts: int, limit_tokens: int | None) -> list[Piece]:
    """What to ask a model, in order.

    Args:
        one: The conversation.
        facts: How many facts are wanted of the whole.
        limit_tokens: The window of the model, where it is known.
    """
    room = min(_CHARACTERS, 2 * limit_tokens) if limit_tokens else _CHARACTERS
    parts: list[tuple[int, str]] = []
    for index, message in enumerate(one.messages):
        line = f"{message.role}: {message.text}"[:room]
        if parts and len(parts[-1][1]) + len(line) <= room:
            parts[-1] = (parts[-1][0], f"{parts[-1][1]}\n\n{line}")
        else:
            parts.append((index, line))
    if len(parts) > PIECES:
        parts = [parts[len(parts) * n // PIECES] for n in range(PIECES)]
    count = -(-facts // max(len(parts), 1)) + 1  # one more each: some will not hold
    return [
        Piece(first=first, prompt=(Message("user", _TASK.format(count=count, text=part)),))
        for first, part in parts
    ]


def read_drafts(reply: str, one: Transcript, first: int) -> tuple[list[Asked], list[Skipped]]:
    """The facts of a reply that hold, and a reason for each that does not.

    Args:
        reply: What the model wrote.
        one: The conversation.
        first: Index of the first message that it was shown.
    """
    try:
        rows = json_of(reply[reply.index("[") : reply.rindex("]") + 1])
    except ValueError:
        return [], [Skipped(what="reply that is no JSON list")]
    kept: list[Asked] = []
    dropped: list[Skipped] = []
    forms = [words(message.text) for message in one.messages]
    for row in rows:
        asked = _checked(row, forms, first)
        if isinstance(asked, str):
            dropped.append(Skipped(what=asked))
        else:
            kept.append(asked)
    return kept, dropped


def _checked(row: object, forms: Sequence[tuple[str, ...]], first: int) -> Asked | str:
    """A proposed fact, or why it does not hold."""
    fact = obj(row)
    quote, answer = words(text(fact.get("quote"))), text(fact.get("answer")).strip()
    question = text(fact.get("question")).strip()
    value = words(answer)
    if not (quote and value and words(question)):
        return "entry without quote, answer or question"
    holders = [i for i in range(first, len(forms)) if contains(forms[i], quote)]
    if not holders:
        return "quote that does not stand in the conversation"
    if not contains(quote, value):
        return "answer that does not stand in its quote"
    if contains(words(question), value):
        return "question that holds its answer"
    if len(value) > MOST_WORDS:
        return f"answer of more than {MOST_WORDS} words"
    return Asked(id="", ask=question, answers=(answer,), evidence=tuple(holders))


def merged(found: Sequence[Asked], most: int) -> tuple[tuple[Asked, ...], int]:
    """The facts in the order of the conversation, no value twice; and how many were too many."""
    by_value: dict[tuple[str, ...], Asked] = {}
    for asked in found:
        by_value.setdefault(words(asked.answers[0]), asked)
    order = sorted(by_value.values(), key=lambda asked: asked.evidence)
    step = max(len(order) / most, 1.0)
    chosen = [order[int(n * step)] for n in range(min(most, len(order)))]
    named = tuple(
        Asked(id=f"fact-{n}", ask=asked.ask, answers=asked.answers, evidence=asked.evidence)
        for n, asked in enumerate(chosen, 1)
    )
    return named, len(found) - len(named)
