"""Calls of a model put together to conversations: what a trace holds is one call after the other.

Each call repeats what was said before, so a call whose messages begin with those of an earlier one
and its answer goes on with it; any other begins a conversation of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.core.transcript import Transcript
from harness.scenarios.importers.chat_turns import is_turn
from harness.scenarios.importers.chats import Chat, is_turns
from harness.scenarios.importers.saying import Saying
from harness.scenarios.importers.script import Script
from harness.scenarios.importers.values import obj, parsed, seq, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.core.messages import Message, Role
    from harness.core.transcript import Found


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedCall:
    """One call of a model, as somebody's trace has it."""

    session: str
    """What the trace says belongs together; empty where it says nothing."""
    when: str
    """By which calls are put in order."""
    sent: tuple[Message, ...]
    got: tuple[Message, ...]


@dataclass(slots=True)
class Threads:
    """The conversations that calls make."""

    calls: list[TracedCall] = field(default_factory=list)
    left: Script = field(default_factory=Script)
    """What is left out, and why."""
    _known: dict[Message, Message] = field(default_factory=dict)
    """Every message once: a call repeats those of the calls before."""

    def add(self, session: str, when: str, sent: object, got: object) -> bool:
        """Take in a call; whether it says anything.

        Args:
            session: What the trace says belongs together.
            when: By which calls are put in order.
            sent: What the model was sent, in any of the ways that traces have.
            got: What it answered.
        """
        prompt = self._messages(sent, "user")
        answer = self._messages(got, "assistant")
        if prompt or answer:
            self.calls.append(TracedCall(session=session, when=when, sent=prompt, got=answer))
        return bool(prompt or answer)

    def _messages(self, value: object, role: Role) -> tuple[Message, ...]:
        chat = Chat()
        _take(chat, parsed(value), role, 0)
        for what, count in chat.script.skipped.items():
            self.left.skip(what, count)
        return tuple(self._known.setdefault(said, said) for said in chat.script.messages)

    def found(self) -> Iterator[Found]:
        """The conversations, in the order of their first calls."""
        yield from self.left.leavings()
        threads: dict[str, list[list[Message]]] = {}
        for call in sorted(self.calls, key=lambda call: call.when):
            known = threads.setdefault(call.session, [])
            _extend(known, call)
        number = 0
        for session, known in threads.items():
            for at, messages in enumerate(known, 1):
                number += 1
                name = session if len(known) == 1 else f"{session}-{at}" if session else ""
                yield Transcript(id=name or str(number), messages=tuple(messages))


def _extend(threads: list[list[Message]], call: TracedCall) -> None:
    """Put a call to the conversation that it goes on with."""
    sent = [said for said in call.sent if said.role != "system"]
    marks = list(map(_mark, sent))
    best: list[Message] | None = None
    known = 0
    for thread in threads:
        spoken = [_mark(said) for said in thread if said.role != "system"]
        goes_on = bool(spoken) and marks[: len(spoken)] == spoken
        # What a turn answers may be sent again before it is answered, or asked once more.
        again = bool(marks) and spoken[: len(marks)] == marks
        if (goes_on or again) and (best is None or len(spoken) > known):
            best, known = thread, len(spoken)
    if best is None:
        threads.append([*call.sent, *call.got])
    else:
        best += [*sent, *call.got][known:]


def _mark(said: Message) -> tuple[str, str]:
    """By which a message is known again: ids of calls are made up anew by some programs."""
    return said.role, said.text.strip()


_HOLDERS = ("messages", "input", "prompt", "output", "outputs", "generations", "choices", "message",
            "kwargs", "contents", "content", "text", "completion", "response", "question", "answer",
            "query", "result")  # fmt: skip
_DEEPEST = 6


def _take(chat: Chat, value: object, role: Role, depth: int) -> None:
    """Read what a call was sent or gave back: text, a message, a list, or what holds one."""
    if isinstance(value, str):
        chat.script.say(role, Saying().add(text(value)))
    elif is_turn(value):
        chat.turn(value)
    elif is_turns(value) and not all(isinstance(one, str) for one in seq(value)):
        chat.list_of_turns(_one(seq(value)))
    elif depth < _DEEPEST:
        _take_inner(chat, value, role, depth + 1)


def _take_inner(chat: Chat, value: object, role: Role, depth: int) -> None:
    """Read what stands in a list or an object that is itself no message."""
    if isinstance(value, list):
        for one in value[:1]:
            _take(chat, one, role, depth)
        return
    record = obj(value)
    for prompt in ("system", "instructions"):
        if isinstance(record.get(prompt), str):
            chat.script.say("system", Saying().add(record[prompt]))
    key = next((key for key in _HOLDERS if record.get(key)), None)
    if key is not None:
        _take(chat, parsed(record[key]), role, depth)
    else:
        chat.script.fields(record, frozenset())


def _one(turns: list[object]) -> list[object]:
    """The turns; of a batch of prompts, the first."""
    first: Sequence[object] = seq(turns[0]) if turns else ()
    return list(first) if first and is_turns(list(first)) else turns
