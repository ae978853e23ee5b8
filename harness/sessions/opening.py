"""What a session begins with: the system prompt, and under headings what was carried into it.

Its one rule: all of it is one system message. Policies never drop it, and servers that take one
system message take it too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.core.messages import Message, turn_starts

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from harness.core.scenario import Carry
    from harness.sessions.materials import Materials

REMEMBERED = "What you remember from earlier sessions with this user:"
BEFORE = "The transcript of your earlier sessions with this user:"
FOUND = "From our earlier sessions, this is what seems to bear on what I ask next:"
"""Opens the turn that hands over what a memory found for one question."""
THANKS = "Thank you, I have read it."


def opening(
    materials: Materials, carry: Collection[Carry], *, memory: str = "", transcript: str = ""
) -> tuple[Message, ...]:
    """The messages that a session begins with: none, or one system message.

    Args:
        materials: Scenario and seed.
        carry: What crosses the boundary; what is not listed is left out.
        memory: What the memory gives back.
        transcript: The sessions before, as text.
    """
    parts = [message.text for message in materials.system if "system" in carry]
    if "memory" in carry and memory.strip():
        parts.append(f"{REMEMBERED}\n{memory.strip()}")
    if "transcript" in carry and transcript.strip():
        parts.append(f"{BEFORE}\n\n{transcript.strip()}")
    return (Message("system", "\n\n".join(parts)),) if parts else ()


def handed_over(text: str) -> tuple[Message, Message]:
    """The turn that hands over what was found for a question, just before it is asked."""
    return Message("user", f"{FOUND}\n\n{text.strip()}"), Message("assistant", THANKS)


def as_text(messages: Sequence[Message]) -> list[str]:
    """Each turn of a conversation as text, the system messages left out."""
    turns: list[str] = []
    starts = set(turn_starts(messages))
    for index, message in enumerate(messages):
        if message.role == "system":
            continue
        said = f"{message.role.capitalize()}: {message.text.strip()}"
        if index in starts or not turns:
            turns.append(said)
        else:
            turns[-1] += f"\n{said}"
    return turns
