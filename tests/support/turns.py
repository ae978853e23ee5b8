"""Turns of any shape for property tests: with calls, results, opaque blocks, or none of them."""

from __future__ import annotations

from hypothesis import strategies as st

from harness.core.messages import Message, Turn
from harness.core.parts import Opaque, TextPart, ToolCall, ToolResult

THOUGHT = Opaque("thinking", '{"type":"thinking","thinking":"So.","signature":"c2ln"}')
_WORDS = "The stock of the northern depot is lower than it was last week, by some ninety crates."


def turn(users: int, exchanges: list[tuple[int, int, bool]], *, answered: bool) -> Turn:
    """A turn; its ids are those of every other turn, as programs write them.

    Args:
        users: Messages of the user.
        exchanges: For each, how many tools are called, the length of a result in words, and
            whether the assistant says and thinks something before it calls.
        answered: Whether it ends with an answer.
    """
    messages = [Message("user", f"How much is left? ({i})") for i in range(users)]
    for calls, length, talks in exchanges:
        said = (THOUGHT, TextPart("I look.")) if talks else ()
        asked = tuple(ToolCall(f"call_{i}", "look_up", f'{{"of":{i}}}') for i in range(calls))
        text = " ".join(_WORDS.split()[:length])
        messages.append(Message("assistant", (*said, *asked)))
        messages += (
            Message("tool", (ToolResult(call.id, text, call.name),)) for call in reversed(asked)
        )
    if answered:
        messages.append(Message("assistant", "Some ninety crates."))
    return Turn(tuple(messages))


def turns() -> st.SearchStrategy[Turn]:
    """A turn of one message or many, that begins with a user's."""
    exchange = st.tuples(st.integers(1, 3), st.integers(0, 15), st.booleans())
    return st.builds(
        turn, st.integers(1, 2), st.lists(exchange, max_size=3), answered=st.booleans()
    )
