"""Transcripts as the JSON Lines that `filler: {file: ...}` and `harness import openai` read.

The one rule: a line is `{"messages": [...]}`, and everything else in it is left out when empty, so
that what came from such a file goes out as it came. Tools stand as the chat APIs have them.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from harness.core.chat_format import to_chat

if TYPE_CHECKING:
    from harness.core.transcript import Asked, Transcript


def line(one: Transcript, number: int) -> str:
    """A conversation as one line of JSON, without its end.

    Args:
        one: The conversation.
        number: Its place in the file, counted from 1; an id that says no more is left out.
    """
    chat: dict[str, object] = {"messages": [to_chat(said) for said in one.messages]}
    extras = {
        "id": one.id if one.id != str(number) else "",
        "title": one.title,
        "breaks": list(one.breaks),
        "compacted": one.compacted,
        "questions": [_question(asked) for asked in one.asked],
    }
    chat.update({key: value for key, value in extras.items() if value})
    return json.dumps(chat, ensure_ascii=False)


def _question(asked: Asked) -> dict[str, object]:
    question = asdict(asked)
    if not asked.rubric:
        del question["rubric"]
    return question
