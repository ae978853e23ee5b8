"""The response cache: answers that were paid for, kept over runs by the call they answer.

One rule: the cache may be missing or broken, and a run loses nothing but the saving. What goes
wrong after a call was made is noted in `broken`, never raised: the answer itself is still good.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.core.errors import FileError, UsageError, Where
from harness.core.shapes import conform, parse
from harness.models.answer_store.call import KEPT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from harness.models.answer_store.call import Call

FILE = "answers.sqlite"
SCHEMA = 1
"""Version of the table; another one is refused by name."""

MOST_DAYS = 7.0
"""Older answers are not given unless a run says so: behind one name, providers change models."""

_DAY_S = 86_400.0
_LATEST_S = 253_402_300_799
"""The last second that a calendar of four digits a year knows."""
_WAIT_S = 5.0
"""How long a write waits for that of another process."""

_TABLE = """
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY,
    model TEXT NOT NULL,
    at REAL NOT NULL,
    data TEXT NOT NULL
) WITHOUT ROWID
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the cache holds of one model."""

    model: str
    answers: int
    bytes: int
    """Of the answers, in UTF-8."""
    oldest_s: float
    """When the oldest was given, in seconds since the epoch."""
    newest_s: float


def default_folder() -> Path:
    """Where the cache stands unless a run says otherwise."""
    if sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "session-harness"


class Cache(AbstractContextManager["Cache"]):
    """The cache in a folder, which is made when it does not exist.

    Args:
        folder: Where it stands.
        most_days: Answers older than that are asked for anew.
        now: The time in seconds since the epoch.

    Raises:
        UsageError: The folder cannot be used, or holds a cache of another version.
    """

    def __init__(
        self,
        folder: Path,
        *,
        most_days: float = MOST_DAYS,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.path = folder / FILE
        self._most_s = most_days * _DAY_S
        self._now = now
        self.broken: str | None = None
        """Why answers are no longer kept, if so."""
        self.hits = 0
        """Answers that were given."""
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # answers may be private
            self._db = sqlite3.connect(self.path, timeout=_WAIT_S, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise _unusable(self.path, error) from None
        try:
            self._prepare()
        except (sqlite3.Error, UsageError) as error:
            self._db.close()
            raise error if isinstance(error, UsageError) else _unusable(self.path, error) from None

    def __exit__(self, *raised: object) -> None:
        self.close()

    def find(self, call: Call, /) -> Mapping[str, Any] | None:
        """What was kept for this call and is not too old, or None."""
        if self.broken is not None:
            return None
        since = self._now() - self._most_s
        try:
            row = self._db.execute(
                "SELECT data FROM answers WHERE key = ? AND at >= ?", (call.key, since)
            ).fetchone()
        except (sqlite3.Error, OverflowError) as error:
            self.broken = str(error)
            return None
        found = None if row is None else _answer(row[0])
        if row is not None and found is None:
            self.broken = "a row of it holds no answer"
        self.hits += found is not None
        return found

    def keep(self, call: Call, data: Mapping[str, Any], /) -> None:
        """Keep the result of this call; it survives the process from here on."""
        if self.broken is not None:
            return
        text = json.dumps(data, separators=(",", ":"))
        try:
            self._db.execute(
                "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)",
                (call.key, call.model, self._now(), text),
            )
        except sqlite3.Error as error:
            self.broken = str(error)

    def held(self) -> list[Held]:
        """What there is of each model, by name; rows that no run wrote are left out.

        Raises:
            UsageError: The file cannot be read.
        """
        try:
            rows = self._db.execute(
                "SELECT model, count(*), sum(length(CAST(data AS BLOB))), min(at), max(at)"
                " FROM answers WHERE typeof(model) = 'text' AND at BETWEEN 0 AND ?"
                " GROUP BY model ORDER BY model",
                (_LATEST_S,),
            ).fetchall()
        except sqlite3.Error as error:
            raise _unusable(self.path, error) from None
        return [
            Held(model=model, answers=answers, bytes=size, oldest_s=oldest, newest_s=newest)
            for model, answers, size, oldest, newest in rows
        ]

    def prune(self, *, days: float = 0.0, model: str | None = None) -> int:
        """Throw away answers older than so many days, of one model or of all; how many.

        Raises:
            UsageError: The file cannot be written.
        """
        before = self._now() - days * _DAY_S
        try:
            gone = self._db.execute(
                "DELETE FROM answers WHERE at <= ? AND (? IS NULL OR model = ?)",
                (before, model, model),
            ).rowcount
            self._db.execute("VACUUM")
        except sqlite3.Error as error:
            raise _unusable(self.path, error) from None
        return gone

    def close(self) -> None:
        """Let the file go."""
        self._db.close()

    def _prepare(self) -> None:
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version not in {0, SCHEMA}:
            raise UsageError(
                f"{self.path} is a cache of schema {version}; this version reads schema {SCHEMA}:"
                " delete it, or use --cache DIR or --no-cache"
            )
        # A reader never waits for a writer, and a write costs no fsync: an answer may be lost
        # in a power cut, which costs one more call.
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        if version != SCHEMA:
            self._db.execute(_TABLE)
            self._db.execute(f"PRAGMA user_version = {SCHEMA}")


def _answer(data: object) -> dict[str, Any] | None:
    """What a row holds; None where it is no answer, which is then asked for anew."""
    where = Where(file="the cache")
    try:
        found: dict[str, Any] = parse(data if isinstance(data, str | bytes) else "", where)
        conform(found, KEPT, where)
    except FileError:
        return None
    whole = {"error", "said"} if "error" in found else {"reply"}
    return found if whole <= found.keys() else None


def _unusable(path: Path, error: Exception) -> UsageError:
    return UsageError(f"the cache {path} cannot be used: {error}; use --cache DIR or --no-cache")
