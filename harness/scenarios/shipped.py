"""The scenarios that come along, by their names."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from harness.core.errors import UsageError, nearest

_FOLDER = "examples"


def shipped() -> dict[str, Path]:
    """The files of the scenarios that come along, by name."""
    folder = Path(str(files("harness.scenarios") / _FOLDER))
    return {file.stem: file for file in sorted(folder.glob("*.yaml"))}


def shipped_file(name: str) -> Path:
    """The file of one of them.

    Raises:
        UsageError: None has that name.
    """
    known = shipped()
    if name not in known:
        raise UsageError(f"no scenario '{name}' comes along; {nearest(name, known)}")
    return known[name]


def found_by_name(path: Path) -> Path:
    """The path itself; or, where it is a bare name and nothing is there, the scenario of that name.

    One of this folder's `scenarios/` goes before one that comes along.
    """
    if path.exists() or path.suffix or len(path.parts) != 1:
        return path
    own = Path("scenarios") / f"{path}.yaml"
    return own if own.exists() else shipped().get(str(path), path)
