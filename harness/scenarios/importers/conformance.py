"""What every one of them keeps, for the tests of those that others write."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from harness.core.errors import FileError
from harness.core.transcript import Transcript
from harness.scenarios.importers.source import ByteSource

if TYPE_CHECKING:
    from harness.core.protocols import Importer
    from harness.core.transcript import Found

_ROLES = ("system", "user", "assistant", "tool")
_HOSTILE = (
    b'{"a": 1}\n{"b": 2}\n',
    b'[1, null, [], {}, true, "x"]',
    b'[{"mapping": []}, {"messages": {}}, {"conversations": [3]}]',
    b'{"messages": [null, 3, {"role": [], "content": {}}]}',
)


def check_importer(importer: Importer, content: bytes) -> list[Found]:
    """What an importer finds in a file of its own format, checked against the contract.

    Args:
        importer: The importer.
        content: A file of its format, with at least one conversation.

    Raises:
        AssertionError: It does not know its own file, differs between two readings, yields a
            message without text or a place that is not there, or falls over somebody else's file.
    """
    source = ByteSource(name="its-own", chunks=lambda: [content])
    _claim(importer.recognises(source.sample()), "it recognises a file of its own")
    found = list(importer.sessions(source))
    _claim(found == list(importer.sessions(source)), "two readings of a file are the same")
    transcripts = [one for one in found if isinstance(one, Transcript)]
    _claim(any(one.messages for one in transcripts), "it finds a conversation")
    for one in transcripts:
        _check_transcript(one)
    for other in _HOSTILE:
        _survives(importer, other)
    return found


def _survives(importer: Importer, content: bytes) -> None:
    """Read a file of another kind; a refusal in words is an answer."""
    with suppress(FileError):
        list(importer.sessions(ByteSource(name="other", chunks=lambda: [content])))


def _check_transcript(one: Transcript) -> None:
    last = len(one.messages)
    for message in one.messages:
        _claim(message.role in _ROLES, f"roles are {', '.join(_ROLES)}")
        _claim(message.role == "tool" or bool(message.text.strip()), "a message has text")
        message.text.encode("utf-8")
    _claim(all(0 < at < last for at in one.breaks), "a break stands between two messages")
    _claim(sorted(set(one.breaks)) == list(one.breaks), "breaks are in order")
    for asked in one.asked:
        _claim(bool(asked.ask.strip()), "a question has words")
        _claim(all(0 <= at < last for at in asked.evidence), "evidence is a message")


def _claim(holds: bool, clause: str) -> None:
    """Say which clause does not hold.

    Raises:
        AssertionError: It does not.
    """
    if not holds:
        raise AssertionError(f"not true of this importer: {clause}")
