"""The files of what models write into sessions: a line a call, and one file for each memory.

Whoever makes sessions ready writes to `WritingFiles`: those of a run folder, of which one process
is the writer, or what stands for them elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from harness.core.errors import UsageError
from harness.runs.folder.layout import STORES, WRITINGS
from harness.runs.folder.reader import lines
from harness.runs.folder.writer import Lines, cut_torn_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


class WritingFiles(Protocol):
    """Files that grow by lines; their paths are seen from the run folder."""

    def begin(self, path: str, /) -> None:
        """Make a file, or empty the one that is there."""

    def append(self, path: str, line: Mapping[str, object], /) -> None:
        """Write one line, which survives the process from here on."""


class NoFiles:
    """Keeps nothing."""

    def begin(self, path: str, /) -> None:
        """Nothing."""

    def append(self, path: str, line: Mapping[str, object], /) -> None:
        """Nothing."""


class FolderFiles:
    """The files of a run folder.

    Args:
        folder: The run folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        if (folder / WRITINGS).exists():
            cut_torn_line(folder / WRITINGS)

    def written(self) -> Iterator[dict[str, Any]]:
        """A line for each call that wrote into a session, as far as the folder holds them."""
        return lines(self._folder / WRITINGS)

    def begin(self, path: str, /) -> None:
        """Make a file, or empty the one that is there.

        Raises:
            UsageError: It cannot be written.
        """
        try:
            (self._folder / STORES).mkdir(exist_ok=True)
            (self._folder / path).write_text("", encoding="utf-8")
        except OSError as error:
            raise self._unwritable(path, error) from None

    def append(self, path: str, line: Mapping[str, object], /) -> None:
        """Write one line.

        Raises:
            UsageError: It cannot be written.
        """
        try:
            with Lines(self._folder / path) as file:
                file.append(line)
        except OSError as error:
            raise self._unwritable(path, error) from None

    def _unwritable(self, path: str, error: OSError) -> UsageError:
        return UsageError(
            f"cannot write {self._folder / path}: {error.strerror}; make room or mend the"
            f" permissions, then go on with: harness run --resume {self._folder.name}"
        )
