"""Writes a run folder: append only, one writer, whole lines (law 8).

`records.jsonl` has a line a trial; the lines of a long run move on into parts (`make_parts.py`).
`messages.jsonl` has each message text once, by hash, and for each conversation the list of its
hashes; a record names the conversation and the ranges that were sent, so exactly what was sent can
be shown again.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import AbstractContextManager, nullcontext, suppress
from itertools import chain, islice, tee
from typing import TYPE_CHECKING, Any

from harness.core.errors import NoRoomError, UsageError
from harness.core.files import dump_line, stopped_run, text_line, whole
from harness.core.parts import content_to_json
from harness.core.record import to_json
from harness.runs.folder.layout import MESSAGES, PARTS, RECORDS, STORES
from harness.runs.folder.make_parts import PartMaker, finish_parts
from harness.runs.folder.message_index import MessageIndex
from harness.runs.folder.reader import lines, records_in_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from harness.core.messages import Message
    from harness.core.record import Record
    from harness.core.session import Session
    from harness.runs.folder.record_index import RecordIndex

    ChangesOf = Callable[[Iterable[Mapping[str, Any]]], Iterator[Mapping[str, Any]]]

_LOCK = ".lock"
_SYNC_EVERY = 64
"""Records between two fsyncs: a killed process loses nothing, a power cut at most these."""


class Store(AbstractContextManager["Store"]):
    """The one writer of a run folder; a second one is refused.

    Args:
        folder: The run folder; it exists.

    Raises:
        UsageError: Another process writes to it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = (folder / _LOCK).open("w", encoding="utf-8")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.close()
            raise UsageError(f"{folder}: another run writes to this folder; wait for it") from None
        try:
            for name in (RECORDS, MESSAGES):
                cut_torn_line(folder / name)
            finish_parts(folder)
            self._kept = MessageIndex(folder)
        except BaseException:
            self._lock.close()
            raise
        self._records = Lines(folder / RECORDS)
        self._messages = Lines(folder / MESSAGES)
        self._parts = PartMaker(folder)
        self._since_sync = 0
        self.index: RecordIndex | None = None
        """Is told of every record, and written once they are on disk."""

    def __exit__(self, *raised: object) -> None:
        # a disk that was full when something was written is full when it is closed
        with suppress(NoRoomError) if any(raised) else nullcontext():
            self.close()

    def keep(self, session: Session) -> None:
        """Write the conversation down, before any record speaks of it."""
        if session.trunk in self._kept:
            return
        absent = self._kept.absent(session.hashes)
        named = zip(session.hashes, session.messages, strict=True)
        new = {name: message for name, message in named if name in absent}
        said = [_message_line(name, message) for name, message in new.items()]
        trunk = {"trunk": session.trunk, "messages": session.hashes}
        self._messages.append_lines(b"".join(said) + dump_line(trunk))
        self._kept.add([*new, session.trunk])

    def append(self, record: Record) -> None:
        """Write one record; it survives the process from here on."""
        line = to_json(record)
        self._parts.note(self._records.append(line))
        if self.index is not None:
            self.index.add(line)
        if self._parts.is_ready:
            self._take_out()
        self._since_sync += 1
        if self._since_sync >= _SYNC_EVERY:
            self._sync()

    def settle(self, changes_of: ChangesOf, fields: Sequence[str]) -> None:
        """Write into each record what all calls of the run told together of it.

        The parts stay as they are, with what is settled beside each; the lines are replaced all at
        once. A kill in between leaves records that wait, and who reads them settles them again.

        Args:
            changes_of: Given all records in their order, gives of each in turn what stands in the
                place of its own values.
            fields: The fields that it needs of them.
        """
        self._take_out()
        self._sync()
        path = self.folder / RECORDS
        tail, given = tee(lines(path))  # read once: a change is asked for record by record
        if (self.folder / PARTS).is_dir():
            changes = self._settle_parts(changes_of, fields, given)
        else:
            changes = changes_of(given)
        amended = ({**record, **change} for record, change in zip(tail, changes, strict=True))
        with whole(path) as beside, Lines(beside) as file:
            while some := list(islice(amended, _SYNC_EVERY)):
                file.append(*some)
            file.sync()
        self._reopen()

    def close(self) -> None:
        """Everything to disk; the folder is free for another writer."""
        try:
            self._take_out()
            self._sync()
            self._kept.close()
            if self.index is not None:
                self.index.close()
        finally:
            self._parts.close()
            with self._lock, self._messages, self._records:
                pass

    def _settle_parts(
        self, changes_of: ChangesOf, fields: Sequence[str], tail: Iterable[Mapping[str, Any]]
    ) -> Iterator[Mapping[str, Any]]:
        """Write what is settled beside each part; the changes of the records behind them."""
        from harness.runs.folder.record_files import record_files
        from harness.runs.folder.settled_part import write_settled

        with record_files(self.folder) as files:
            changes = changes_of(chain(records_in_parts(files, fields), tail))
            for part in files.parts:
                try:
                    write_settled(part, changes)
                except OSError as error:
                    raise stopped_run(part.path.parent, self.folder, error) from None
        return changes

    def _take_out(self) -> None:
        """Take out of the tail what stands in parts, if parts are being made or were."""
        if self._parts.is_busy:
            self._records.sync()
            try:
                self._parts.take_out()
            finally:
                self._reopen()

    def _reopen(self) -> None:
        """Append to the file of records that stands there now."""
        with self._records:
            self._records = Lines(self.folder / RECORDS)

    def _sync(self) -> None:
        self._since_sync = 0
        for file in (self._messages, self._records):
            file.sync()
        self._kept.commit()
        if self.index is not None:
            self.index.commit()


class Lines(AbstractContextManager["Lines"]):
    """A JSON Lines file that only grows, by whole lines: a line is there or it is not.

    Args:
        path: The file; it is made when it does not exist.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("ab", buffering=0)

    def __exit__(self, *raised: object) -> None:
        self._file.close()

    def append(self, *values: object) -> int:
        """Write a line for each value; they survive the process from here on. How many bytes.

        Raises:
            NoRoomError: There is no room for them; the file is as it was.
        """
        return self.append_lines(b"".join([dump_line(value) for value in values]))

    def append_lines(self, body: bytes) -> int:
        """Write lines that are JSON already, each with its newline, as `append` does.

        Raises:
            NoRoomError: There is no room for them; the file is as it was.
        """
        before, size = os.fstat(self._file.fileno()).st_size, len(body)
        try:
            while body:
                body = body[self._file.write(body) :]
        except OSError as error:
            with suppress(OSError):  # what stands there is a torn line, which readers leave out
                self._file.truncate(before)
            raise self._stopped(error) from None
        return size

    def sync(self) -> None:
        """Everything to disk.

        Raises:
            NoRoomError: The disk does not take it.
        """
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            raise self._stopped(error) from None

    def _stopped(self, error: OSError) -> NoRoomError:
        folder = self.path.parent
        run = folder.parent if folder.name == STORES else folder
        return stopped_run(self.path, run, error)


def _message_line(name: str, message: Message) -> bytes:
    """A line of `messages.jsonl`."""
    content = content_to_json(message.content)
    if isinstance(content, str):  # nearly all of them
        return text_line(hash=name, role=message.role, content=content)
    return dump_line({"hash": name, "role": message.role, "content": content})


def cut_torn_line(path: Path) -> None:
    """Drop what a killed writer left behind the last newline."""
    if not path.exists():
        path.touch()
        return
    with path.open("rb+") as file:
        size = file.seek(0, os.SEEK_END)
        keep, step = size, 1 << 16
        while keep > 0:
            start = max(0, keep - step)
            file.seek(start)
            found = file.read(keep - start).rfind(b"\n")
            if found >= 0:
                keep = start + found + 1
                break
            keep = start
        if keep < size:
            file.truncate(keep)
