"""Scenario files: read, checked, frozen, and given their values by a seed."""

from __future__ import annotations

from typing import Any

from harness.scenarios.load import find_files, load, load_all, loads, problems, with_code
from harness.scenarios.values import check_seeds, decoys, draw_values, shape

__all__ = [
    "check_seeds",
    "decoys",
    "draw_values",
    "find_files",
    "json_schema",
    "load",
    "load_all",
    "loads",
    "problems",
    "shape",
    "with_code",
]


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a scenario file."""
    from harness.scenarios.schema import json_schema as made

    return made()
