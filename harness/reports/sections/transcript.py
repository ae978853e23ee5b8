"""One record as a conversation that can be read: what was said, what was asked, what came.

Its one rule: what is left out is counted, and `--messages` has all of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.core.printable import how_many
from harness.reports import format as fmt

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.core.messages import Message
    from harness.reports.terminal_style import TerminalStyle

_ENDS = 2
"""Messages shown at either end of the session."""
_AROUND = 1
"""Messages shown before and after what says the fact."""
_LONGEST = 600
"""Characters of a message that are shown."""


def transcript(record: Mapping[str, Any], sent: Sequence[Message], style: TerminalStyle) -> str:
    """The record and the messages that were sent for it.

    Args:
        record: As its line has it.
        sent: What was sent, the question last.
        style: The terminal that it is for.
    """
    lines = [*_head(record, style), ""]
    session, question = sent[:-1], sent[-1:]
    said = _places(record, len(session))
    shown = {
        i
        for i in range(len(session))
        if i < _ENDS
        or i >= len(session) - _ENDS
        or any(abs(i - place) <= _AROUND for place in said)
    }
    before = -1
    for i in sorted(shown):
        if i > before + 1:
            lines += [f"  ... {how_many(i - before - 1, 'message')} ...", ""]
        lines += [*_message(session[i], style, mark="◄ said here" if i in said else ""), ""]
        before = i
    for message in question:
        lines += [*_message(message, style, mark="◄ the question"), ""]
    reply = record["reply"]
    lines.append(style.styled("the reply", "bold"))
    lines += style.wrapped(reply or record["error"] or "nothing came", "  ")
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _head(record: Mapping[str, Any], style: TerminalStyle) -> Iterator[str]:
    expected = ", ".join(record["expected"]) or "that it was never said"
    place = (
        f", said at {fmt.percent(record['position'], 0)}" if record["position"] is not None else ""
    )
    facts = (
        ("asked", record["question"]),
        ("expected", expected),
        ("came", record["reply"] or record["error"] or "nothing"),
        ("outcome", f"{record['outcome'] or record['status']}: {record.get('why') or '–'}"),
        (
            "where",
            (
                f"{record['model']}, window {record['window_limit']:,},"
                f" {fmt.percent(record['fill'], 0)} full{place}; {record['session']},"
                f" {record['arm']}"
            ),
        ),
        ("record", record["key"]),
    )
    for name, words in facts:
        yield from style.wrapped(str(words), f"{name + ':':<10} ")


def _places(record: Mapping[str, Any], n: int) -> set[int]:
    """Which of the messages that were sent say what a right answer needs."""
    where: dict[int, int] = {}
    for start, stop in record["view"]:
        for i in range(start, stop):
            where[i] = len(where)
    found = {where[i] for i in record["plant_messages"] if i in where}
    return {i for i in found if i < n}


def _message(message: Message, style: TerminalStyle, *, mark: str) -> Iterator[str]:
    head = style.styled(message.role, "bold")
    yield f"{head}  {style.styled(mark, 'yellow')}" if mark else head
    text = message.text
    more = len(text) - _LONGEST
    yield from style.wrapped(text if more <= 0 else text[:_LONGEST], "  ")
    if more > 0:
        yield f"  ... {more:,} more characters"
