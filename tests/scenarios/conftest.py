"""Small scenario files to break, and the shipped ones to measure."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.scenarios import load_all, problems

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.core.scenario import Scenario

SHIPPED = Path(__file__).parents[2] / "scenarios"

SMALL = """\
schema: 1
name: small
facts:
  - id: tone
    say: "It should sound {value}."
    values: [dry, tender]
    ask: "How should it sound?"
"""


@pytest.fixture
def small() -> str:
    return SMALL


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def _write(text: str, name: str = "x.yaml") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return _write


@pytest.fixture
def said(write: Callable[..., Path]) -> Callable[..., list[str]]:
    """All problems of a text, as `line:column: problem`."""

    def _said(text: str, **known: object) -> list[str]:
        path = write(text)
        return [str(error).removeprefix(f"{path}:") for error in problems(path, **known)]

    return _said


@pytest.fixture(scope="session")
def shipped() -> tuple[Scenario, ...]:
    return load_all([SHIPPED])
