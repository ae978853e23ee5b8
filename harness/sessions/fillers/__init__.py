"""Where the turns between the plants come from: a built-in generator, or a file of real chats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.core.errors import FileError, UsageError
from harness.core.protocols import Multilingual
from harness.core.registry import Registry
from harness.sessions.fillers.file import FileFiller
from harness.sessions.fillers.workday import Workday

if TYPE_CHECKING:
    from harness.core.protocols import Filler
    from harness.core.scenario import FillerSpec

fillers: Registry[Filler] = Registry("filler")
fillers.add("workday", Workday)


def make_filler(spec: FillerSpec, language: str = "en") -> Filler:
    """The filler that a scenario asks for.

    Args:
        spec: Its name, or its file.
        language: Code of the one that the scenario is written in: a filler that speaks several
            speaks it, unless its own name says which.

    Raises:
        UsageError: No filler has that name, or `repeat` is set for one that is not a file.
    """
    if spec.file is not None:
        return FileFiller(path=spec.file, repeat=spec.repeat)
    try:
        found = _named(spec)
    except UsageError as error:
        if spec.where is None:
            raise
        raise FileError(spec.where, str(error)) from error
    return found.spoken_in(language) if isinstance(found, Multilingual) else found


def _named(spec: FillerSpec) -> Filler:
    if spec.repeat:
        raise UsageError(f"filler '{spec.name}' has no file: `repeat` is for a filler from a file")
    return fillers.resolve(spec.name)


__all__ = ["FileFiller", "Workday", "fillers", "make_filler"]
