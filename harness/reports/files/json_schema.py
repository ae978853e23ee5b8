"""The published shape of the JSON report, as JSON Schema: made from the values themselves.

Its one rule: nobody writes it by hand. It is read from the fields and what stands under them, so it
says what the program does; `docs/report.schema.json` is its text, and a test compares the two.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import json
import types
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from harness.analysis import onset
from harness.analysis.advice import model as advice
from harness.analysis.comparison import within_run
from harness.analysis.onset import OnsetEstimate
from harness.analysis.summary import adherence_model, memory_model, model, rounds_model, shares
from harness.analysis.summary.model import SUMMARY_SCHEMA, Summary
from harness.core import memory
from harness.reports.files.json_file import INTERNAL

_PLAIN: dict[object, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    types.NoneType: {"type": "null"},
}
_MESSAGE = {"type": "string", "description": "One plain sentence."}


def schema_text() -> str:
    """The schema as it is published."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of what `harness report RUN -o report.json` writes."""
    shapes: dict[str, dict[str, Any]] = {}
    top = _object(Summary, shapes)
    top["properties"]["schema"] = {"const": SUMMARY_SCHEMA}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A report of session-harness",
        **top,
        "$defs": dict(sorted(shapes.items())),
    }


def _object(shape: type, shapes: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """A dataclass as an object; all its fields are always there; later versions may add some."""
    shapes_of = (
        model,
        adherence_model,
        memory_model,
        rounds_model,
        shares,
        within_run,
        onset,
        advice,
        memory,
    )
    names = {name: value for module in shapes_of for name, value in vars(module).items()}
    hints = get_type_hints(shape, localns=names)
    words = field_words(shape)
    properties: dict[str, Any] = {}
    for one in dataclasses.fields(shape):
        if one.name not in INTERNAL:
            properties[one.name] = _value(hints[one.name], shapes)
            if one.name in words:
                properties[one.name]["description"] = words[one.name]
    if shape is OnsetEstimate:
        properties["message"] = dict(_MESSAGE)
    return {
        "type": "object",
        "description": " ".join((shape.__doc__ or "").split()),
        "properties": properties,
        "required": list(properties),
    }


def _value(hint: Any, shapes: dict[str, dict[str, Any]]) -> dict[str, Any]:
    if hint in _PLAIN:
        return dict(_PLAIN[hint])
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        if hint.__name__ not in shapes:
            shapes[hint.__name__] = {}  # holds the place, should a shape hold itself
            shapes[hint.__name__] = _object(hint, shapes)
        return {"$ref": f"#/$defs/{hint.__name__}"}
    arguments = get_args(hint)
    if get_origin(hint) is Literal:
        return {"enum": list(arguments)}
    if get_origin(hint) in {types.UnionType, Union}:
        return {"anyOf": [_value(argument, shapes) for argument in arguments]}
    if get_origin(hint) is tuple and arguments[1:] == (...,):
        return {"type": "array", "items": _value(arguments[0], shapes)}
    raise TypeError(f"a report has no shape for {hint}")


def field_words(shape: type) -> dict[str, str]:
    """What stands under each field in the source."""
    (cls,) = ast.parse(inspect.cleandoc("\n" + inspect.getsource(shape))).body
    if not isinstance(cls, ast.ClassDef):
        return {}
    return {
        before.target.id: " ".join(after.value.value.split())
        for before, after in zip(cls.body, cls.body[1:], strict=False)
        if isinstance(before, ast.AnnAssign)
        and isinstance(before.target, ast.Name)
        and isinstance(after, ast.Expr)
        and isinstance(after.value, ast.Constant)
        and isinstance(after.value.value, str)
    }
