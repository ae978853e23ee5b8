"""The shapes that the parts of a scenario file are made of: text, names, shares, lists."""

from __future__ import annotations

import ast
import inspect
from itertools import pairwise
from textwrap import dedent
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
)
from pydantic.json_schema import SkipJsonSchema

NAME = r"^[A-Za-z0-9][A-Za-z0-9_.-]*$"
"""Names become parts of paths and keys of records."""
Absent = SkipJsonSchema[None]
"""The key may be left out; `key: null` is refused all the same."""
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Name = Annotated[str, StringConstraints(pattern=NAME, max_length=80)]
Share = Annotated[float, Field(ge=0, le=1)]


def many(value: object) -> object:
    """One text stands for a list of one."""
    return [value] if isinstance(value, str) else value


Texts = Annotated[
    list[Text],
    Field(min_length=1),
    BeforeValidator(many, json_schema_input_type=Text | Annotated[list[Text], Field(min_length=1)]),
]


def by_type(container: type, yes: str, no: str) -> Discriminator:
    """Tells two shapes apart by the type of what stands there."""
    return Discriminator(lambda value: yes if isinstance(value, container) else no)


def _described(schema: dict[str, Any], part: type[BaseModel]) -> None:
    """Put the docstrings under the keys of a part into its JSON Schema.

    pydantic's `use_attribute_docstrings` reads and parses the sources whenever the classes are
    made, which every command would pay for; this does it for who asks for the schema.
    """
    for base in reversed(part.__mro__):
        if not issubclass(base, FilePart):
            continue
        (made,) = ast.parse(dedent(inspect.getsource(base))).body
        for key, told in pairwise(made.body) if isinstance(made, ast.ClassDef) else ():
            match key, told:
                case (
                    ast.AnnAssign(target=ast.Name(id=name)),
                    ast.Expr(value=ast.Constant(value=str(text))),
                ) if name in part.model_fields:
                    shown = part.model_fields[name].alias or name
                    schema["properties"][shown]["description"] = inspect.cleandoc(text)


class FilePart(BaseModel):
    """Keys that are known and values as they are written; its docstrings describe the keys."""

    model_config = ConfigDict(
        extra="forbid", strict=True, json_schema_extra=_described, defer_build=True
    )
