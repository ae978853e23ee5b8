"""Where a fact is said, and the tools that may say it, as a scenario file writes them."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from harness.scenarios.schema_shapes import Absent, FilePart, Text, many

Arguments = Annotated[
    str,
    BeforeValidator(
        lambda value: json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value,
        json_schema_input_type=str | dict[str, object],
    ),
]

SaidInList = Annotated[
    list[Literal["user", "assistant", "tool_result", "tool_call"]],
    Field(min_length=1),
    BeforeValidator(many, json_schema_input_type=str | list[str]),
]


class ResultTool(FilePart):
    """A tool whose result says a fact."""

    name: Text = "read_file"
    """Name of the tool."""
    arguments: Arguments | Absent = None
    """What it is called with: JSON, or keys and values."""
    result: Text | Absent = None
    """What it gives back, with {value} once; the sentence of `say` unless given."""


class CallingTool(FilePart):
    """A tool that is called with a fact."""

    name: Text = "write_file"
    """Name of the tool."""
    arguments: Arguments | Absent = None
    """What it is called with: JSON, or keys and values, with {value} once; the sentence of `say` as
    the text of a file unless given."""
    result: Text | Absent = None
    """What it gives back; that it was written unless given."""
