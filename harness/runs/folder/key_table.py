"""Keys and a number for each: in memory while they are few, in a table of sqlite behind that.

Its one rule: what is on disk was committed together, so that a killed process leaves tables that
fit one another, and lags at most behind what they are made from.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

MOST_IN_MEMORY = 100_000
"""Keys of one table that wait in memory: about 15 MB."""

_SCHEMA = 1
_CACHE_KB = 65_536
_KEY_DIGITS = 32


class IndexFile:
    """A file of tables that can be made again from something else, and is opened when it is needed.

    Args:
        path: Where it stands, or would.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._db: sqlite3.Connection | None = None

    @property
    def exists(self) -> bool:
        """Whether anything was ever too much for memory."""
        return self._db is not None or self.path.exists()

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
            self._db = db
        return self._db

    def told(self, name: str) -> str | None:
        """What was noted under a name; None where nothing was."""
        row = self.db().execute("SELECT body FROM notes WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def tell(self, name: str, body: str) -> None:
        """Note something under a name, as part of what is committed next."""
        self.db().execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (name, body))

    def close(self) -> None:
        """Let the file go."""
        if self._db is not None:
            self._db.close()
            self._db = None

    def remove(self) -> None:
        """Take the file away, with what a killed process left beside it."""
        self.close()
        for path in (self.path, self.path.with_name(f"{self.path.name}-journal")):
            path.unlink(missing_ok=True)


class KeyTable:
    """A number for each key.

    Args:
        file: Where those stand that are too many for memory.
        name: Of the table.
        most: Keys that wait in memory.
    """

    def __init__(self, file: IndexFile, name: str, most: int = MOST_IN_MEMORY) -> None:
        self._file = file
        self._name = name
        self._most = most
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
        sql = f"SELECT number FROM {self._name} WHERE key = ?"  # noqa: S608 -- a name of ours
        row = self._file.db().execute(sql, (packed(key),)).fetchone()
        return None if row is None else int(row[0])

    def keys(self) -> Iterator[str]:
        """Every key, in no order."""
        yield from self._recent
        if self._file.exists:
            for (key,) in self._file.db().execute(f"SELECT key FROM {self._name}"):  # noqa: S608
                name = unpacked(key)
                if name not in self._recent:
                    yield name

    def put(self, key: str, number: int = 0) -> None:
        """Give a key its number."""
        self._recent[key] = number

    def write(self) -> None:
        """Put what waits in memory into the table, as part of what is committed next."""
        # in the order of the table, so that a page of it is written once
        rows = sorted(
            ((packed(key), number) for key, number in self._recent.items()),
            key=lambda row: (isinstance(row[0], bytes), row[0]),
        )
        sql = f"INSERT OR REPLACE INTO {self._name} VALUES (?, ?)"  # noqa: S608
        self._file.db().executemany(sql, rows)

    def written(self) -> None:
        """It was committed: nothing waits any more."""
        self._recent.clear()

    def failed(self) -> None:
        """It could not be written: twice as much may wait before it is tried again."""
        self._most *= 2


def commit(file: IndexFile, tables: Iterable[KeyTable], notes: Iterable[tuple[str, str]]) -> bool:
    """Write tables and notes together, or nothing of them; whether it went well.

    What cannot be written, for want of room as a rule, stays in memory.
    """
    try:
        db = file.db()
        db.execute("BEGIN IMMEDIATE")
        try:
            for table in tables:
                table.write()
            for name, body in notes:
                file.tell(name, body)
            db.execute("COMMIT")
        except sqlite3.Error:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
    except sqlite3.Error:
        for table in tables:
            table.failed()
        return False
    for table in tables:
        table.written()
    return True


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
        for name in ("trials", "messages"):
            db.execute(f"CREATE TABLE {name} (key BLOB PRIMARY KEY, number INTEGER) WITHOUT ROWID")
        db.execute("CREATE TABLE notes (name TEXT PRIMARY KEY, body TEXT) WITHOUT ROWID")
        db.execute(f"PRAGMA user_version = {_SCHEMA}")
