"""Which questions about a real log may be asked of it: those whose answer stands in it once.

The one rule: an answer can have come from one place only. So it stands once, as whole words in a
row, in no question, and what is not so is dropped by a reason that can be counted.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.core.text import contains, places, words
from harness.core.transcript import MOST_WORDS, Skipped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.transcript import Asked, Transcript


def standing_once(
    one: Transcript, asked: Sequence[Asked]
) -> tuple[tuple[Asked, ...], list[Skipped]]:
    """The questions that may be asked, with the message that answers each; and why not the others.

    Args:
        one: The log.
        asked: Questions, whose evidence is found anew.
    """
    forms = [words(message.text) for message in one.messages]
    kept: list[Asked] = []
    dropped: list[Skipped] = []
    for question in asked:
        holder = _holder(one, forms, question)
        if isinstance(holder, int):
            kept.append(replace(question, evidence=(holder,)))
        else:
            dropped.append(Skipped(what=holder, detail=question.id))
    return tuple(kept), dropped


def without_leaks(asked: Sequence[Asked]) -> tuple[tuple[Asked, ...], list[Skipped]]:
    """The questions that give no answer away, neither their own nor that of another.

    Args:
        asked: What is asked, each on a fork of its own.
    """
    answers = {one.id: [words(answer) for answer in one.answers] for one in asked}
    kept: list[Asked] = []
    dropped: list[Skipped] = []
    for one in asked:
        form = words(one.ask)
        held = [name for name, own in answers.items() if any(contains(form, a) for a in own)]
        if held:
            other = "its answer" if one.id in held else "the answer to another"
            dropped.append(Skipped(what=f"question that holds {other}", detail=one.id))
        else:
            kept.append(one)
    return tuple(kept), dropped


def _holder(one: Transcript, forms: Sequence[tuple[str, ...]], asked: Asked) -> int | str:
    """The message in which the answer stands; or what speaks against the question."""
    value = words(asked.answers[0])
    if not value or len(value) > MOST_WORDS:
        return f"answer that is not one to {MOST_WORDS} words"
    found = [index for index, form in enumerate(forms) for _ in places(form, value)]
    if not found:
        return "answer that does not stand in the log"
    if len(found) > 1:
        return "answer that stands more than once in the log"
    others = [words(spelling) for spelling in asked.answers[1:]]
    if any(contains(form, s) for i, form in enumerate(forms) for s in others if i != found[0]):
        return "answer whose other spelling stands elsewhere in the log"
    if one.messages[found[0]].role == "system":
        return "answer that stands in the system prompt, which is never far away"
    return found[0]
