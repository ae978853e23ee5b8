"""A transcript as turns: what one side says and the other answers, session by session.

The one rule: nothing is lost. Messages of one side in a row are one message, and a side that is
silent gets a few words in brackets.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.core.transcript import Transcript

NO_QUESTION, NO_ANSWER = "(no message)", "(no answer)"


@dataclass(slots=True)
class Exchange:
    """A turn, and the indexes of the messages that are in it."""

    user: list[str] = field(default_factory=list)
    assistant: list[str] = field(default_factory=list)
    indexes: set[int] = field(default_factory=set)
    begins: bool = False
    """Whether a new session begins with it."""

    @property
    def texts(self) -> tuple[str, str]:
        """What each side says."""
        return (
            "\n\n".join(self.user).strip() or NO_QUESTION,
            "\n\n".join(self.assistant).strip() or NO_ANSWER,
        )


def exchanges(one: Transcript) -> tuple[str | None, list[Exchange], int]:
    """The system prompt that a transcript begins with, its turns, and how many later ones it has.

    System messages further on have no place in a turn: they are left out and counted.
    """
    system: list[str] = []
    turns: list[Exchange] = []
    later = 0
    breaks = set(one.breaks)
    begins = False
    for index, message in enumerate(one.messages):
        begins = begins or index in breaks
        if message.role == "system":
            if turns:
                later += 1
            else:
                system.append(message.text)
            continue
        if not turns or begins or (message.role == "user" and turns[-1].assistant):
            turns.append(Exchange(begins=begins and bool(turns)))
            begins = False
        side = turns[-1].user if message.role == "user" else turns[-1].assistant
        side.append(message.text)
        turns[-1].indexes.add(index)
    return "\n\n".join(system).strip() or None, turns, later
