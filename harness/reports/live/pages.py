"""The page as it stands now: made anew when the records have changed, and not too often.

Its one rule: making it takes about a fifth of one core, however long the estimates take: the run
itself has the rest.
"""

from __future__ import annotations

import hashlib
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.analysis.records import read_records
from harness.analysis.summary.build import summarise
from harness.core.errors import NothingSelectedError
from harness.reports.html import page, waiting_page
from harness.runs.folder.layout import MESSAGES, RECORDS
from harness.runs.folder.reader import files_of_records
from harness.runs.folder.run_json import model_names

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

_REST = 4.0
"""After a page was made, so many times the processor time that it took before the next one."""
_LEAST_REST_S = 2.0
_MOST_REST_S = 60.0


@dataclass(slots=True)
class Pages:
    """Makes the page of run folders that grow."""

    pool: bool = False
    """Count several runs as one."""
    clock: Callable[[], float] = time.monotonic
    spent: Callable[[], float] = time.thread_time
    """Processor seconds of this thread: waiting for a busy machine is no work."""
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _text: str = ""
    _version: str = ""
    _not_before: float = 0.0

    def version(self, folders: Sequence[Path]) -> str:
        """Names the page that would be given now."""
        now = version(folders)
        return now if self._may_make() else self._version

    def text(self, folders: Sequence[Path]) -> str:
        """The page, made anew where the records have changed since and it is time."""
        with self._lock:
            now = version(folders)
            if now != self._version and self._may_make():
                began = self.spent()
                self._text = self._made(folders, now)
                self._version = now
                rest = _REST * (self.spent() - began)
                self._not_before = self.clock() + min(max(_LEAST_REST_S, rest), _MOST_REST_S)
            return self._text

    def _may_make(self) -> bool:
        return not self._text or self.clock() >= self._not_before

    def _made(self, folders: Sequence[Path], now: str) -> str:
        frame = read_records([folder / RECORDS for folder in folders])
        try:
            summary = summarise(frame, apart=not self.pool, names=model_names(folders))
        except NothingSelectedError:
            return waiting_page([folder.name for folder in folders])
        return page(summary, frame, tuple(folders), version=now)


def version(folders: Sequence[Path]) -> str:
    """Names what the folders hold: another one where a file has grown or was replaced."""
    found = hashlib.sha256()
    for folder in folders:
        for path in (*files_of_records(folder), folder / MESSAGES):
            try:
                about = path.stat()
            except FileNotFoundError:
                continue
            told = (folder.name, path.name, about.st_ino, about.st_size, about.st_mtime_ns)
            found.update(repr(told).encode())
    return found.hexdigest()[:16]
