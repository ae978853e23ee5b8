"""What is recorded of each trial, by its key: what a run that goes on need not ask again.

Its one rule: it is made from the records and from nothing else. It is looked over whenever a run
folder is opened, and made anew where it does not fit them; it never says of a trial that it is
recorded before its record is on disk.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Collection
from dataclasses import astuple, dataclass
from itertools import islice
from typing import TYPE_CHECKING, Self
from zlib import crc32

from harness.core.errors import UsageError
from harness.runs.folder.key_table import IndexFile, KeyTable
from harness.runs.folder.layout import INDEX
from harness.runs.folder.reader import records

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path
    from typing import Any


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a run needs to know of the last record of a trial."""

    model: str
    status: str
    error: str | None
    cut: str | None
    scored: bool

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> Self:
        """That of a record as JSON holds it."""
        return cls(
            record["model"],
            record["status"],
            record["error"],
            record.get("cut"),
            record["score"] is not None,
        )

    @property
    def may_heal(self) -> bool:
        """Whether the trial may come to something else when it is asked again as it was."""
        broken_off = self.status == "cut" and self.cut == "broken_off"
        return self.status == "error" or broken_off


class RecordIndex:
    """The last record of each key, as far as a run needs it.

    Args:
        folder: The run folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = IndexFile(folder / INDEX)
        self._keys = KeyTable(self._file)
        self._kinds: dict[Recorded, int] = {}
        self._names: list[Recorded] = []
        self._counts: Counter[int] = Counter()
        self._n = 0
        self._mark = 0
        """Of all records so far, in their order."""

    @classmethod
    def of(cls, folder: Path) -> RecordIndex:
        """The index of a run folder, by its records as they stand.

        Only the writer of the folder may ask for it: the file beside the records is his.

        Raises:
            FileError: A record is damaged.
            UsageError: The file beside the records is in the way, and cannot be taken away.
        """
        index = cls(folder)
        if index._file.exists and not index._goes_on():
            index._file.remove("records")
            index = cls(folder)
        if index._n == 0:
            index._take_in(_columns(folder))
        return index

    def __len__(self) -> int:
        return self._counts.total()

    def __contains__(self, key: object) -> bool:
        return self.get(str(key)) is not None

    @property
    def has_repeats(self) -> bool:
        """Whether any key stands in two records."""
        return self._n > len(self)

    @property
    def n_healing(self) -> int:
        """Keys whose trials may come to something else when they are asked again."""
        return sum(n for kind, n in self._counts.items() if self._names[kind].may_heal)

    def get(self, key: str) -> Recorded | None:
        """What is recorded of a trial; None where nothing is.

        Raises:
            UsageError: The file beside the records cannot be read any more.
        """
        try:
            kind = self._keys.get(key)
            return None if kind is None else self._names[kind]
        except (sqlite3.Error, IndexError) as error:
            raise UsageError(
                f"{self._file.path} cannot be read: {error}; delete it and go on with --resume: it"
                " is made again from the records"
            ) from None

    def keys(self) -> Iterator[str]:
        """Every key once."""
        return self._keys.keys()

    def add(self, record: Mapping[str, Any]) -> None:
        """Note a record that was written, as JSON holds it."""
        key, told = record["key"], Recorded.of(record)
        kind = self._kinds.setdefault(told, len(self._kinds))
        if kind == len(self._names):
            self._names.append(told)
        before = self._keys.get(key)
        if before is not None:
            self._counts[before] -= 1
        self._counts[kind] += 1
        self._keys.put(key, kind)
        self._n, self._mark = self._n + 1, _marked(self._mark, key, told)

    def commit(self) -> None:
        """All records so far are on disk: what is too much for memory is written beside them."""
        if self._keys.is_full:
            self._write()

    def close(self) -> None:
        """Write what is known, if any of it was written before."""
        if self._file.exists:
            self._write()
        self._file.close()

    def _write(self) -> None:
        note = {
            "n": self._n,
            "mark": self._mark,
            "kinds": [astuple(one) for one in self._names],
            "counts": [self._counts[kind] for kind in range(len(self._names))],
        }
        self._keys.write(note)

    def _goes_on(self) -> bool:
        """Take up what the file says, and the records behind; whether it is of this folder."""
        try:
            note = self._file.note()
            n, mark = int(note["n"]), 0
            found = _columns(self._folder)
            read = 0
            for record in islice(found, n):
                read, mark = read + 1, _marked(mark, record["key"], Recorded.of(record))
            if read != n or mark != note["mark"] or not self._file.is_sound(sum(note["counts"])):
                return False
            self._names = [Recorded(*one) for one in note["kinds"]]
            self._kinds = {one: kind for kind, one in enumerate(self._names)}
            self._counts = Counter(dict(enumerate(map(int, note["counts"]))))
            self._n, self._mark = n, mark
            self._take_in(found)
        except (sqlite3.Error, ValueError, TypeError, KeyError, IndexError):
            return False  # whatever it is, it is no index of ours
        return True

    def _take_in(self, found: Iterable[Mapping[str, Any]]) -> None:
        """Note records that are on disk."""
        for record in found:
            self.add(record)
            self.commit()


class DoneKeys(Collection[str]):
    """The keys that need not be asked again, by an index that is kept up while a run goes on.

    Args:
        index: What is recorded.
        retry_errors: Ask again where the record is an error.
    """

    def __init__(self, index: RecordIndex, *, retry_errors: bool) -> None:
        self._index = index
        self._retry = retry_errors

    def __contains__(self, key: object) -> bool:
        found = self._index.get(str(key))
        return found is not None and not (self._retry and found.may_heal)

    def __len__(self) -> int:
        return len(self._index) - (self._index.n_healing if self._retry else 0)

    def __iter__(self) -> Iterator[str]:
        return (key for key in self._index.keys() if key in self)  # noqa: SIM118 -- no mapping


def _marked(mark: int, key: str, told: Recorded) -> int:
    """The mark of all records so far, and of one more."""
    said = f"{key} {told.model} {told.status} {told.error} {told.cut} {told.scored}"
    return crc32(said.encode("utf-8", errors="surrogatepass"), mark)


def _columns(folder: Path) -> Iterator[dict[str, Any]]:
    """Of each record what is noted of it."""
    return records(folder, ("key", "model", "status", "error", "cut", "score"))
