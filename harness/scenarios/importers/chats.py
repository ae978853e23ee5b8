"""Conversations as most programs and data sets write them: a list of turns under some key.

A turn says who speaks (`role`, `from`, `sender`, ...) and what (`content`, `value`, `text`, ...).
Whatever the names, reading them is one thing, and it stands here. What a record or a turn holds
besides is counted by its name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.core.transcript import Transcript
from harness.scenarios.importers.chat_turns import beside, is_turn, say_turn, unwrapped_turn
from harness.scenarios.importers.saying import (
    Saying,
)
from harness.scenarios.importers.script import Script
from harness.scenarios.importers.values import (
    first_text,
    obj,
    parsed,
    seq,
    spelled_value,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.core.transcript import Found

MESSAGES = ("messages", "contents", "input")
CONVERSATIONS = (
    "conversations", "conversation", "items", "dialogue", "dialog", "turns", "chat", "history",
    "chat_history", "conversation_a", "conversation_b", "chats", "data",
)  # fmt: skip
_SYSTEMS = (
    "system", "system_prompt", "systemPrompt", "system_message", "systemInstruction",
    "system_instruction", "instructions",
)  # fmt: skip
_DATA_OF_RECORD = frozenset(
    ("id", "conversation_id", "conversationId", "session_id", "sessionId", "thread_id", "chat_id",
     "uuid", "title", "name", "created", "created_at", "createdAt", "create_time", "timestamp",
     "time", "date", "updated_at", "updatedAt", "model", "models", "model_a", "model_b", "usage",
     "metadata", "source", "dataset", "language", "lang", "split", "hash", "object", "breaks",
     "compacted", "questions", "custom_id", "method", "url", "tstamp", "judge", "winner", "anony",
     "openai_moderation", "detailed_moderation", "redacted", "toxic", "turn", "conversation_hash",
     "hashed_ip", "header", "country", "state", "temperature", "max_tokens", "stop", "seed",
     "stream", "response_format", "tool_choice", "system_fingerprint", "provider", "type", "lc",
     "generationConfig", "generation_config", "safetySettings", "choices", "tags", "user")
)  # fmt: skip


@dataclass(slots=True)
class Chat:
    """A conversation while it is read, and where its turns went."""

    script: Script = field(default_factory=Script)
    placed: dict[int, int] = field(default_factory=dict)
    """For each turn that became a message, by its number: the index of that."""
    begun: dict[int, int] = field(default_factory=dict)
    """For each turn: how many messages came before it."""
    turns: int = 0

    def turn(self, value: object) -> int | None:
        """Take in the next turn; the index of its message, if it became one."""
        self.begun[self.turns] = len(self.script.messages)
        at = say_turn(self.script, unwrapped_turn(value))
        if at is not None:
            self.placed[self.turns] = at
        self.turns += 1
        return at

    def list_of_turns(self, turns: list[object]) -> None:
        """Take in turns, or sessions of turns, or texts that alternate."""
        if turns and all(isinstance(one, str) for one in turns):
            for number, said in enumerate(turns):
                self.script.say("assistant" if number % 2 else "user", Saying().add(said))
            return
        for one in turns:
            pair = _sides(one)
            if isinstance(one, list):
                self.script.cut()
                self.list_of_turns(one)
            elif pair:
                self.script.say("user", Saying().add(pair[0]))
                self.script.say("assistant", Saying().add(pair[1]))
            else:
                self.turn(one)


_ASKS = ("human", "user", "prompt", "question", "query", "input", "instruction")
_ANSWERS = ("assistant", "bot", "gpt", "ai", "model", "response", "answer", "output")


def _sides(value: object) -> tuple[str, str] | None:
    """Both texts of an entry that is a question and its answer, each under the name of its side."""
    if len(obj(value)) < 2 or "role" in obj(value):  # noqa: PLR2004 -- two sides
        return None
    asked, answered = (
        next((text(obj(value)[key]) for key in keys if isinstance(obj(value).get(key), str)), "")
        for keys in (_ASKS, _ANSWERS)
    )
    return (asked, answered) if asked and answered else None


def is_turns(value: object) -> bool:
    """Whether a value is a list of turns, of sessions of them, or of texts that alternate."""
    if not isinstance(value, list) or not value:
        return False
    if all(isinstance(one, str) for one in value):
        return len(value) > 1
    beginning = value[:5]
    return any(is_turn(one) or is_turns(one) or _sides(one) for one in beginning)


def turns_of(value: object, keys: tuple[str, ...]) -> list[str]:
    """Under which of the keys a record holds turns."""
    record = obj(value)
    return [key for key in keys if is_turns(record.get(key))]


def read_chats(value: object, number: int) -> Iterator[Found]:
    """The conversations of a record: one, where it is not a collection of them.

    Args:
        value: The record: a list of turns, an object that holds one, or a list of such objects.
        number: Its place in the file, which is its name where it has none.
    """
    if isinstance(value, list):
        chat = Chat()
        chat.list_of_turns(value)
        yield from _whole(chat, {}, str(number))
        return
    record = inner(obj(value))
    keys = turns_of(record, (*MESSAGES, *CONVERSATIONS))
    if not keys and "messages" in record:
        keys = ["messages"]
    pair = pair_of(record)
    if pair and (not keys or keys == ["history"]):
        yield from _whole(_of_pair(record, pair), record, record_id(record) or str(number))
        return
    id_ = record_id(record) or record_id(obj(value)) or str(number)
    for key in keys:
        name = f"{id_}-{key}" if len(keys) > 1 and key.startswith("conversation_") else id_
        chat = Chat()
        _system(chat.script, record)
        chat.list_of_turns(seq(record[key]))
        for choice in seq(record.get("choices"))[:1]:
            chat.turn(obj(choice).get("message"))
        for item in seq(record.get("output")) if key == "input" else ():
            _item(chat, item)
        alone = not key.startswith("conversation_")
        known = frozenset((key, *_SYSTEMS) if alone else (*keys, *_SYSTEMS))
        known |= {"output"} if key == "input" else set()
        beside(chat.script, record, known | _DATA_OF_RECORD)
        yield from _whole(chat, record, name)
        if alone:
            break


def _item(chat: Chat, item: object) -> None:
    """What a model gave back as the newer API lists it: messages, calls, thoughts."""
    if is_turn(item):
        chat.turn(item)
    else:
        saying = Saying()
        saying.part(item)
        chat.script.say("assistant", saying)


_PAIRS = (
    ("prompt", "completion"), ("prompt", "response"), ("instruction", "output"),
    ("instruction", "response"), ("query", "response"),
)  # fmt: skip


def pair_of(value: object) -> tuple[str, str] | None:
    """The keys of a prompt and its answer, where a record is no more than that."""
    record = obj(value)
    return next((pair for pair in _PAIRS if all(text(record.get(k)).strip() for k in pair)), None)


def _of_pair(record: Mapping[str, object], pair: tuple[str, str]) -> Chat:
    chat = Chat()
    _system(chat.script, record)
    for earlier in seq(record.get("history")):
        chat.list_of_turns(seq(earlier) if isinstance(earlier, list) else [earlier])
    asked, answered = pair
    more = text(record.get("input")).strip()
    said = text(record[asked])
    chat.script.say("user", Saying().add(f"{said}\n\n{more}" if more else said))
    chat.script.say("assistant", Saying().add(text(record[answered])))
    known = frozenset((*pair, "input", "history", *_SYSTEMS)) | _DATA_OF_RECORD
    beside(chat.script, record, known)
    return chat


def record_id(record: Mapping[str, object]) -> str:
    """The name of a conversation, where its record has one."""
    keys = (
        "id", "conversation_id", "conversationId", "session_id", "sessionId", "thread_id",
        "chat_id", "uuid", "custom_id", "conversation_hash",
    )  # fmt: skip
    return next((found for key in keys if (found := spelled_value(record.get(key)))), "")


def inner(record: Mapping[str, object]) -> Mapping[str, object]:
    """The record itself, or what it wraps: the body of a request."""
    for key in ("body", "request", "chat"):
        wrapped = obj(parsed(record.get(key)))
        if turns_of(wrapped, MESSAGES) and not turns_of(record, MESSAGES):
            return wrapped
    return record


def _whole(chat: Chat, record: Mapping[str, object], name: str) -> Iterator[Found]:
    yield from chat.script.leavings()
    yield Transcript(
        id=name,
        messages=tuple(chat.script.messages),
        breaks=chat.script.ends(),
        title=first_text([record.get("title")]),
    )


def _system(script: Script, record: Mapping[str, object]) -> None:
    """The system prompt that stands beside the turns."""
    for key in _SYSTEMS:
        value = record.get(key)
        if isinstance(value, dict) and isinstance(value.get("parts"), list):
            value = value["parts"]
        if value:
            script.say("system", Saying().add(value))
