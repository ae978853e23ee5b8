"""Messages and turns: the only things that a model is ever handed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from harness.core.draws import digest

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it is sent."""

    role: Role
    content: str

    @property
    def hash(self) -> str:
        """The name under which `messages.jsonl` keeps this text."""
        return digest([self.role, self.content])


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side says and what the other answers; sessions grow and shrink by turns."""

    user: str
    assistant: str

    @property
    def messages(self) -> tuple[Message, Message]:
        """The turn as it is sent."""
        return Message("user", self.user), Message("assistant", self.assistant)
