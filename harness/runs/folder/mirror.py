"""Results that live elsewhere: a folder here that mirrors a place that fsspec can reach.

A run appends, and most remote stores cannot. So it writes to a folder on this machine, its spool,
and whole files go up from there: every now and then, and when the command ends. What was not sent
up yet stays in the spool, and the next command on the same place sends it.

The parts of a long run's records never change, so that each goes up once; only their tail goes up
again. It was opened before the parts were looked for, and goes up behind them: what is there is
never without lines that have left the tail meanwhile.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections import Counter
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from harness.core.draws import digest
from harness.core.errors import UsageError
from harness.runs.folder.layout import INDEX, MESSAGE_INDEX, PART_NAME, PARTS, RECORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

SEPARATOR = "://"
"""What tells a remote place from a folder."""

PUSH_EVERY_S = 30.0
"""Seconds between two uploads while a command runs."""

_INDEXES = (INDEX, MESSAGE_INDEX)
_LOCAL_ONLY = frozenset({".lock", *_INDEXES, *(f"{name}-journal" for name in _INDEXES)})
"""What no other machine needs: a lock, and what can be made again."""


class Mirror:
    """A remote place and its spool.

    Args:
        url: As fsspec takes it: `s3://bucket/folder`, `gs://...`, `file:///...`.
        spools: Folder that holds the spools of all places.

    Raises:
        UsageError: fsspec knows no such place, or its package for it is not installed.
    """

    def __init__(self, url: str, spools: Path) -> None:
        self.url = url.rstrip("/")
        self.folder = spools / digest(self.url, size=8)
        self._files, self._root = _place(self.url)
        self._known: dict[str, tuple[int, int | None]] = {}
        self._lock = threading.Lock()
        self._over = threading.Event()

    def pull(self) -> None:
        """Fetch what is there and not here; a longer file here holds what is not sent yet.

        Of records it is the number of their parts that tells, and then the length of the tail.

        Raises:
            UsageError: The place cannot be read.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            there = dict(self._there())
            parts = Counter(map(_parts_of, there))
            for name, size in there.items():
                here = self.folder / name
                self._known[name] = (size, None)
                if _is_behind(here, size, parts[name]):
                    here.parent.mkdir(parents=True, exist_ok=True)
                    self._files.get_file(self._at(name), str(here))
        except Exception as error:  # noqa: BLE001 -- each store raises errors of its own
            raise UsageError(f"cannot read {self.url}: {_said(error)}") from None

    def push(self) -> None:
        """Send up what has grown.

        Raises:
            UsageError: The place cannot be written; what is here stays here.
        """
        try:
            with self._lock, ExitStack() as held:
                tails = {
                    path: held.enter_context(path.open("rb"))
                    for path in sorted(self.folder.rglob(RECORDS))
                    if self._is_news(path)
                }
                for path in sorted(self.folder.rglob("*")):
                    if path.is_file() and path.name != RECORDS and self._is_news(path):
                        facts = path.stat()  # before it is read: what is appended meanwhile is news
                        self._files.put_file(str(path), self._place_of(path))
                        self._sent(path, facts)
                for path, tail in tails.items():
                    facts = os.fstat(tail.fileno())
                    with self._files.open(self._place_of(path), "wb") as copy:
                        shutil.copyfileobj(tail, copy)
                    self._sent(path, facts)
        except Exception as error:  # noqa: BLE001 -- each store raises errors of its own
            raise UsageError(
                f"cannot write {self.url}: {_said(error)}; the records are in {self.folder}, and"
                " the next command with the same --out sends them"
            ) from None

    def start(self) -> None:
        """Send up every now and then, until `stop`."""
        threading.Thread(target=self._push_now_and_then, daemon=True).start()

    def stop(self) -> None:
        """Send up for the last time.

        Raises:
            UsageError: The place cannot be written.
        """
        self._over.set()
        self.push()

    def _push_now_and_then(self) -> None:
        while not self._over.wait(PUSH_EVERY_S):
            try:
                self.push()
            except UsageError:
                continue  # told at the end, if it still holds then

    def _place_of(self, path: Path) -> str:
        """Where a file goes; the folder is there."""
        place = self._at(self._name(path))
        self._files.makedirs(str(PurePosixPath(place).parent), exist_ok=True)
        return place

    def _sent(self, path: Path, facts: os.stat_result) -> None:
        self._known[self._name(path)] = (facts.st_size, facts.st_mtime_ns)

    def _name(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()

    def _is_news(self, path: Path) -> bool:
        if path.name in _LOCAL_ONLY or path.suffix == ".tmp":
            return False
        size, when = self._known.get(self._name(path), (-1, None))
        facts = path.stat()
        return size != facts.st_size or when not in {None, facts.st_mtime_ns}

    def _there(self) -> Iterator[tuple[str, int]]:
        if not self._files.exists(self._root):
            return
        found: dict[str, dict[str, Any]] = self._files.find(self._root, detail=True)
        for path, facts in sorted(found.items()):
            yield path.removeprefix(self._root).lstrip("/"), int(facts["size"] or 0)

    def _at(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}"


def _parts_of(name: str) -> str | None:
    """The tail of the records that a part is of; None of other files."""
    path = PurePosixPath(name)
    is_part = path.parent.name == PARTS and PART_NAME.fullmatch(path.name)
    return str(path.parent.parent / RECORDS) if is_part else None


def _is_behind(here: Path, size: int, parts: int) -> bool:
    """Whether a file here holds less than there, where it has that size and so many parts."""
    if not here.exists():
        return True
    own = 0
    if here.name == RECORDS:
        own = len([p for p in (here.parent / PARTS).glob("*") if PART_NAME.fullmatch(p.name)])
    return (own, here.stat().st_size) < (parts, size)


def _place(url: str) -> tuple[Any, str]:
    """The file system of a place, and the path on it."""
    from fsspec.core import url_to_fs

    try:
        files, root = url_to_fs(url)
    except ImportError as error:
        raise UsageError(f"{url}: {_said(error)}") from None
    except ValueError as error:
        raise UsageError(
            f"{url}: {_said(error)}; expected a folder, or a place that fsspec knows such as"
            " s3://bucket/folder"
        ) from None
    return files, str(root)


def _said(error: Exception) -> str:
    """The first line of an error, or its name."""
    return str(error).strip().split("\n")[0] or type(error).__name__
