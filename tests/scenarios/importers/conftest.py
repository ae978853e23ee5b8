"""Files of every format, made by hand from the fields that their programs publish."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.core.transcript import Skipped, Transcript
from harness.scenarios.importers import ByteSource, importers

if TYPE_CHECKING:
    from collections.abc import Callable

FIXTURES = Path(__file__).parent / "fixtures"
FILES = {path.stem: path for path in sorted(FIXTURES.iterdir())}


@pytest.fixture
def read() -> Callable[..., tuple[list[Transcript], dict[str, int]]]:
    """What an importer makes of bytes: the conversations, and counts of what it left out."""

    def _read(spec: str, content: bytes) -> tuple[list[Transcript], dict[str, int]]:
        found = list(
            importers.resolve(spec).sessions(ByteSource(name="x", chunks=lambda: [content]))
        )
        skipped: dict[str, int] = {}
        for one in found:
            if isinstance(one, Skipped):
                skipped[one.what] = skipped.get(one.what, 0) + one.count
        return [one for one in found if isinstance(one, Transcript)], skipped

    return _read


@pytest.fixture
def fixture(read) -> Callable[[str], tuple[list[Transcript], dict[str, int]]]:
    """The same of the file that the tests have of a format."""
    return lambda name: read(name, FILES[name].read_bytes())
