"""What the schema objects to, in words for the author of the file and at the place to mend.

The one rule: a complaint says what came, what was expected, and what to do.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from harness.core.errors import FileError, nearest
from harness.core.languages.table import TABLE
from harness.scenarios import schema, schema_facts, schema_steps

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

    from harness.scenarios.yaml_nodes import Key, Node

_LONGEST_QUOTE = 40

_OF_NO_KEY = "none_required"
"""Said beside the true objection to a key that may be left out."""

_STEPS = (
    "a step is exactly one of {user:, assistant:}, {plant: id}, {filler: {weight: w}}, {probe: id},"
    " {rule: id}, {new_session: {carry: [...]}}"
)
_NOT_A_WORD = {
    "depth": "use position: 0 = first token, 1 = last",
    "depths": "use positions: 0 = first token, 1 = last",
}
_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "keys and values",
    "model_type": "keys and values",
    "model_attributes_type": "keys and values",
    "string_pattern_mismatch": "a name of letters, digits, '-', '_' and '.'",
    "string_too_short": "some text",
    "too_short": "at least one entry",
}
_BARE = {"int_type", "int_from_float", "float_type", "bool_type"}
_NOT_ITS_TYPE = {"list_type", "dict_type", "model_type", "model_attributes_type", "int_type"}
_CHOICES: Mapping[tuple[Key, ...], str] = {
    ("values",): "a list, or {generate: code}",
    ("filler",): "a name, or {file: my-sessions.jsonl}",
    ("check",): "a check, as {max_sentence_words: 15}, or a name, as no_list",
    ("fills",): "a whole number without quotes, or a list of fills",
    ("carry",): "nothing, or a list of system, memory and transcript",
}
_KEYS: Mapping[str, type[BaseModel]] = {
    "facts": schema_facts.FactModel,
    "questions": schema.QuestionModel,
    "values": schema_facts.Listed,
    "(generator)": schema_facts.Generate,
    "(name)": schema.NamedFiller,
    "(file)": schema.FileFillerModel,
    "(turn)": schema_steps.TurnStep,
    "(plant)": schema_steps.PlantStep,
    "(filler)": schema_steps.FillerStep,
    "(probe)": schema_steps.ProbeStep,
    "(rule)": schema_steps.RuleStep,
    "rules": schema.RuleModel,
    "(check)": schema.CheckModel,
    "(boundary)": schema_steps.BoundaryStep,
    "filler": schema_steps.Stretch,
    "new_session": schema_steps.Boundary,
    "expect": schema.ExpectModel,
}
"""Which model a place in the file is checked by, by the last telling part of its path."""


def complaints(root: Node, errors: Sequence[ErrorDetails]) -> list[FileError]:
    """The schema's objections as errors at their places.

    A key that is missing and stands there misspelt is one mistake, and so is one objection.

    Args:
        root: The file.
        errors: What pydantic found.
    """
    unknown = [error["loc"] for error in errors if error["type"] == "extra_forbidden"]
    found = []
    for error in errors:
        loc = error["loc"]
        beside = [str(other[-1]) for other in unknown if other[:-1] == loc[:-1]]
        misspelt = error["type"] == "missing" and get_close_matches(str(loc[-1]), beside)
        if error["type"] != _OF_NO_KEY and not misspelt:
            found.append(_complaint(root, error))
    return found


def _complaint(root: Node, error: ErrorDetails) -> FileError:
    """One objection as an error at its place."""
    path = _path_in_file(root, error["loc"])
    node = root.at(*path)
    kind = error["type"]
    if kind == "extra_forbidden":
        return _unknown_key(root.at(*path[:-1]), error["loc"])
    if kind == "missing":
        return FileError(node.where, _missing(str(error["loc"][-1])))
    if kind == "union_tag_not_found":
        return _no_step(node)
    return FileError(node.where, _wrong_value(node, path, error))


def _path_in_file(root: Node, loc: Sequence[Key]) -> tuple[Key, ...]:
    """The parts of a pydantic location that are keys of the file; the rest name union branches."""
    path: list[Key] = []
    node = root
    for part in loc:
        if part in node.children:
            path.append(part)
            node = node.children[part]
    return tuple(path)


def _unknown_key(parent: Node, loc: Sequence[Key]) -> FileError:
    """A key that does not belong into the mapping where it stands."""
    key = str(loc[-1])
    where = parent.keys.get(key, parent.where)
    if key in _NOT_A_WORD:
        return FileError(where, f"unknown key '{key}': {_NOT_A_WORD[key]}")
    parents = [part for part in loc[:-1] if isinstance(part, str)]
    if parents and parents[0] == "script" and not {"filler", "new_session"} & set(parents[1:]):
        return FileError(where, f"key '{key}' does not go here: {_STEPS}")
    model = next((_KEYS[part] for part in reversed(parents) if part in _KEYS), schema.ScenarioModel)
    names = [field.alias or name for name, field in model.model_fields.items()]
    return FileError(where, f"unknown key '{key}': {nearest(key, names)}")


def _missing(key: str) -> str:
    hints = {"schema": "add 'schema: 1' as the first line"}
    return f"key '{key}' is missing" + (f"; {hints[key]}" if key in hints else "")


def _no_step(node: Node) -> FileError:
    return FileError(node.where, f"got {quoted(node)}, but {_STEPS}")


def _wrong_value(node: Node, path: tuple[Key, ...], error: ErrorDetails) -> str:
    """What came and what was expected, for a value that does not fit."""
    kind, limits = error["type"], error.get("ctx", {})
    if kind == "string_type" and node.meaning is not None and node.said:
        read_as = f"which YAML reads as {node.meaning}"
        return f"got {quoted(node)}, {read_as}; expected text: put it in quotes"
    if path == ("schema",):
        return f"got {quoted(node)}, but this version reads schema 1"
    if kind == "literal_error":
        return _not_one_of(node, path, str(limits.get("expected", "")))
    return f"got {quoted(node)}, expected {_expected(node, path, error)}"


def _expected(node: Node, path: tuple[Key, ...], error: ErrorDetails) -> str:
    """What a value should have been, from what pydantic says about it."""
    kind, limits = error["type"], error.get("ctx", {})
    if kind in _NOT_ITS_TYPE and path[-1:] in _CHOICES:
        return _CHOICES[path[-1:]]
    if kind in _EXPECTED:
        is_text = node.said is not None and node.meaning is None
        return _EXPECTED[kind] + (" without quotes" if is_text and kind in _BARE else "")
    if kind == "string_too_long":
        return f"at most {limits['max_length']} characters"
    signs = {"ge": "at least", "gt": "more than", "le": "at most"}
    bounds = [f"{sign} {limits[key]:g}" for key, sign in signs.items() if key in limits]
    return f"{' '.join(bounds) or error['msg']}{_range_hint(path, kind)}"


def _range_hint(path: tuple[Key, ...], kind: str) -> str:
    if "positions" in path:
        return "; a position is 0 = first token, 1 = last"
    if "fills" in path and kind == "less_than_equal" and isinstance(path[-1], int):
        return "; a fill is a share of the context window, not per cent"
    return ""


def _not_one_of(node: Node, path: tuple[Key, ...], expected: str) -> str:
    known = [name.strip("'") for name in expected.replace(" or ", ", ").split(", ")]
    key = next(part for part in reversed(path) if isinstance(part, str))
    what = {"generate": "generator"}.get(key, key)
    came = node.said if node.said is not None else quoted(node)
    hint = "; write 'script:' and leave layout out" if (what, came) == ("layout", "script") else ""
    if path == ("language",):
        hint = f": {', '.join(f'{known.code} {known.name}' for known in TABLE.values())}"
        return f"language '{came}' cannot be graded; expected one of{hint}"
    return f"unknown {what} '{came}': {nearest(came, known)}" + hint


def quoted(node: Node) -> str:
    """What stands there, short enough for a sentence."""
    if node.said is None:
        if isinstance(node.data, list):
            return "a list" if node.data else "an empty list"
        return "keys and values"
    if not node.said.strip():
        return "nothing"
    said = " ".join(node.said.split())
    return f"'{said}'" if len(said) <= _LONGEST_QUOTE else f"'{said[: _LONGEST_QUOTE - 3]}...'"
