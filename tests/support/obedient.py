"""A reader that does as its system prompt says: the model of the sample project."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.models.reference.base import Reader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.messages import Message

_LOOK_AT = re.compile(r"\blast (\d+) messages\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Obedient(Reader):
    """Reads everything, unless it is told to look at so many of the last messages."""

    def kept(self, messages: Sequence[Message]) -> Sequence[Message]:
        """What it looks at: the system prompt, and as many messages as that says."""
        system = [message for message in messages if message.role == "system"]
        told = _LOOK_AT.search(" ".join(message.text for message in system))
        if told is None:
            return messages
        rest = [message for message in messages if message.role != "system"]
        return [*system, *rest[-int(told[1]) :]]
