"""Keys and a number for each: in memory while they are few, in a file of sqlite behind that.

Its one rule: keys are committed together with a note of what they are made from, so that a killed
process leaves a file that fits its note, and lags at most behind what it is made from.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any

from harness.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

MOST_IN_MEMORY = 100_000
"""Keys of one table that wait in memory: about 15 MB."""

_SCHEMA = 1
_CACHE_KB = 65_536
_ASKED_TOGETHER = 500
"""Keys of one question to sqlite, which takes 999 in its oldest versions."""
_KEY_DIGITS = 32


class IndexFile:
    """A file that can be made again from something else, and is opened when it is needed.

    Only the writer of the folder makes it, so whether it is there is looked up once.

    Args:
        path: Where it stands, or would.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.exists = path.exists()
        """Whether anything was ever too much for memory."""
        self._db: sqlite3.Connection | None = None

    def db(self) -> sqlite3.Connection:
        """The open file, made where there is none.

        Raises:
            sqlite3.Error: It is damaged, or of another version.
        """
        if self._db is None:
            # the event loop of a run may turn in another thread than the one that plans it
            db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
            try:
                _prepare(db)
            except sqlite3.Error:
                db.close()
                raise
            self._db, self.exists = db, True
        return self._db

    def note(self) -> Any:
        """The note that was written last.

        Raises:
            sqlite3.Error: The file is damaged, or none of ours.
            ValueError: The note is.
        """
        row = self.db().execute("SELECT body FROM note").fetchone()
        return None if row is None else json.loads(row[0])

    def is_sound(self, keys: int) -> bool:
        """Whether it holds so many keys, and sqlite finds no damage.

        Raises:
            sqlite3.Error: It finds worse.
        """
        (found,) = self.db().execute("SELECT count(*) FROM keys").fetchone()
        (said,) = self.db().execute("PRAGMA quick_check(1)").fetchone()
        return bool(found == keys and said == "ok")

    def write(self, rows: Sequence[tuple[bytes | str, int]], note: str) -> None:
        """Put keys with their numbers, and a note: all of it or nothing.

        Raises:
            sqlite3.Error: It cannot be written.
        """
        db = self.db()
        db.execute("BEGIN IMMEDIATE")
        try:
            db.executemany("INSERT OR REPLACE INTO keys VALUES (?, ?)", rows)
            db.execute("INSERT OR REPLACE INTO note VALUES (0, ?)", (note,))
            db.execute("COMMIT")
        except sqlite3.Error:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise

    def close(self) -> None:
        """Let the file go."""
        if self._db is not None:
            self._db.close()
            self._db = None

    def remove(self, fits: str) -> None:
        """Take the file away, with what a killed process left beside it.

        Args:
            fits: What it should fit, in a word.

        Raises:
            UsageError: It is in the way, and cannot be taken away.
        """
        self.close()
        try:
            for path in (self.path, self.path.with_name(f"{self.path.name}-journal")):
                path.unlink(missing_ok=True)
            self.exists = False
        except OSError as error:
            raise UsageError(
                f"{self.path} does not fit the {fits} and cannot be replaced: {error.strerror};"
                " delete it, it is made again"
            ) from None


class KeyTable:
    """A number for each key.

    Args:
        file: Where those stand that are too many for memory.
        most: Keys that wait in memory.
    """

    def __init__(self, file: IndexFile, most: int | None = None) -> None:
        self._file = file
        self._most = MOST_IN_MEMORY if most is None else most
        self._recent: dict[str, int] = {}

    @property
    def is_full(self) -> bool:
        """Whether so many wait in memory that they should be written."""
        return len(self._recent) >= self._most

    def __contains__(self, key: str) -> bool:
        return self.get(key) is not None

    def get(self, key: str) -> int | None:
        """The number of a key; None where it has none.

        Raises:
            sqlite3.Error: The file cannot be read.
        """
        number = self._recent.get(key)
        if number is not None or not self._file.exists:
            return number
        sql = "SELECT number FROM keys WHERE key = ?"
        row = self._file.db().execute(sql, (packed(key),)).fetchone()
        return None if row is None else int(row[0])

    def absent(self, keys: Iterable[str]) -> set[str]:
        """Those of the keys that have no number; asked of the file together, not one by one.

        Raises:
            sqlite3.Error: The file cannot be read.
        """
        left = {key for key in keys if key not in self._recent}
        if not left or not self._file.exists:
            return left
        by_stored = {packed(key): key for key in left}
        waiting = iter(by_stored)
        while some := list(islice(waiting, _ASKED_TOGETHER)):
            marks = ",".join("?" * len(some))
            sql = f"SELECT key FROM keys WHERE key IN ({marks})"  # noqa: S608 -- question marks
            left.difference_update(by_stored[key] for (key,) in self._file.db().execute(sql, some))
        return left

    def keys(self) -> Iterator[str]:
        """Every key, in no order."""
        yield from self._recent
        if self._file.exists:
            for (key,) in self._file.db().execute("SELECT key FROM keys"):
                name = unpacked(key)
                if name not in self._recent:
                    yield name

    def put(self, key: str, number: int = 0) -> None:
        """Give a key its number."""
        self._recent[key] = number

    def write(self, note: object) -> None:
        """Put what waits in memory into the file, and a note with it: both of it or nothing.

        What cannot be written, for want of room as a rule, stays in memory, and twice as much of it
        before it is tried again.
        """
        # in the order of the table, so that a page of it is written once
        rows = sorted(
            ((packed(key), number) for key, number in self._recent.items()),
            key=lambda row: (isinstance(row[0], bytes), row[0]),
        )
        try:
            self._file.write(rows, json.dumps(note))
        except sqlite3.Error:
            self._most *= 2
        else:
            self._recent.clear()


def packed(key: str) -> bytes | str:
    """A key as it is stored: 16 bytes where it is one of ours, else the text itself.

    >>> len(packed("00ff" * 8)), packed("k")
    (16, 'k')
    """
    if len(key) == _KEY_DIGITS and key.isascii() and key.isalnum() and key == key.lower():
        with suppress(ValueError):
            return bytes.fromhex(key)
    return key.encode("utf-8", errors="backslashreplace").decode()


def unpacked(key: bytes | str) -> str:
    """The key that is stored so.

    >>> unpacked(packed("00ff" * 8)) == "00ff" * 8, unpacked(packed("k"))
    (True, 'k')
    """
    return key.hex() if isinstance(key, bytes) else key


def _prepare(db: sqlite3.Connection) -> None:
    """Make the tables, or see that they are ours.

    Raises:
        sqlite3.Error: The file is damaged, or of another version.
    """
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version not in {0, _SCHEMA}:
        raise sqlite3.DatabaseError(f"schema {version}, expected {_SCHEMA}")
    db.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
    if version == 0:
        db.execute("CREATE TABLE keys (key BLOB PRIMARY KEY, number INTEGER) WITHOUT ROWID")
        db.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT)")
        db.execute(f"PRAGMA user_version = {_SCHEMA}")
