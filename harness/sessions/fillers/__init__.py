"""Where the turns between the plants come from: a built-in generator, or a file of real chats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.core.errors import FileError, UsageError
from harness.core.protocols import Filler
from harness.core.registry import Registry
from harness.sessions.fillers.file import FileFiller
from harness.sessions.fillers.workday import Workday

if TYPE_CHECKING:
    from harness.core.scenario import FillerSpec

fillers: Registry[Filler] = Registry("filler", Filler)
fillers.add("workday", Workday)


def make_filler(spec: FillerSpec) -> Filler:
    """The filler that a scenario asks for.

    Raises:
        UsageError: No filler has that name, or `repeat` is set for one that is not a file.
    """
    if spec.file is not None:
        return FileFiller(path=spec.file, repeat=spec.repeat)
    try:
        return _named(spec)
    except UsageError as error:
        if spec.where is None:
            raise
        raise FileError(spec.where, str(error)) from error


def _named(spec: FillerSpec) -> Filler:
    if spec.repeat:
        raise UsageError(f"filler '{spec.name}' has no file: `repeat` is for a filler from a file")
    return fillers.resolve(spec.name)


__all__ = ["FileFiller", "Workday", "fillers", "make_filler"]
