"""What JSON that was read from a file has to look like, and a sentence for what does not.

Its one rule: a value is refused, never converted. A shape is a type; `(shape, None)` where null is
allowed as well; `[shape]` for a list; `{"key": shape, "other?": shape}` for an object, the second
key of which may be missing; `{"*": shape}` for one with any keys; and `object` for anything.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, TypeAlias

from harness.core.errors import FileError
from harness.core.printable import shown

if TYPE_CHECKING:
    from harness.core.errors import Where

Shape: TypeAlias = "type | tuple[Any, ...] | list[Any] | dict[str, Any]"

LARGEST = 2**63 - 1
"""Whole numbers are refused beyond it, to either side: a column of a frame holds no others."""
_ANY_KEY = "*"
_NAMES = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


def json_of(text: bytes | str) -> Any:
    """The value that JSON of others holds, which may be nested as deep as they like.

    Raises:
        ValueError: It is no JSON, or nested too deep to be read.
    """
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError(str(error)) from None


def parse(raw: bytes | str, where: Where) -> Any:
    """The value that JSON of a file holds.

    Raises:
        FileError: It is not JSON, or nested deeper than anything that was written here.
    """
    try:
        if isinstance(raw, str):
            return json.loads(raw, parse_constant=_no_number)
        return _FINITE.decode(raw.decode(json.detect_encoding(raw), "surrogatepass"))
    except UnicodeDecodeError as error:
        raise FileError(where, f"not UTF-8 text: {error.reason}") from None
    except ValueError as error:
        raise FileError(where, f"not JSON: {shown(str(error), 120)}") from None
    except RecursionError:
        raise FileError(where, "not JSON that can be read: it is nested too deep") from None


def conform(value: object, shape: Shape, where: Where, *, what: str = "") -> None:
    """Make sure that a value has a shape.

    Args:
        value: From JSON.
        shape: What it should look like.
        where: The file, and the line where there is one.
        what: What is read, for the sentence: "a record".

    Raises:
        FileError: It has not; the message says at which key, what came, and what was expected.
    """
    problem = wrong(value, shape)
    if problem is not None:
        raise FileError(where, f"not {what or 'what was expected'}: {problem}")


def wrong(value: object, shape: Shape, at: str = "") -> str | None:
    """What is wrong with a value, as half a sentence; None where nothing is.

    >>> wrong({"score": "1"}, {"score": (float, None)})
    "'score' is '1', expected a number or null"
    >>> wrong([1, 10**26], [int]), wrong({"a": 1}, {"a": int, "b?": str})
    ("'[1]' is 100000000000000000000000000, which is out of range", None)
    >>> wrong({"a": {"x": 1, "y": "2"}}, {"a": {"*": int}})
    "'a.y' is '2', expected a whole number"
    """
    if shape is object:
        return None
    if isinstance(shape, tuple):
        return None if value is None else _of_type(value, shape[0], at, nullable=True)
    return _of_type(value, shape, at, nullable=False)


def _of_type(value: object, shape: Shape, at: str, *, nullable: bool) -> str | None:
    if isinstance(shape, dict):
        return _object(value, shape, at) if isinstance(value, dict) else _told(value, "{}", at)
    if isinstance(shape, list):
        if not isinstance(value, list):
            return _told(value, "[]", at)
        found = (wrong(item, shape[0], f"{at}[{n}]") for n, item in enumerate(value))
        return next((problem for problem in found if problem is not None), None)
    expected = f"{_NAMES[shape]}{' or null' if nullable else ''}"  # type: ignore[index]
    if shape is float and type(value) is float:
        return None if math.isfinite(value) else _told(value, expected, at)
    if type(value) is int and shape in {int, float}:
        inside = -LARGEST <= value <= LARGEST
        return None if inside else f"'{at}' is {shown(_digits(value), 40)}, which is out of range"
    return None if type(value) is shape else _told(value, expected, at)


def _object(value: dict[str, object], shape: dict[str, Any], at: str) -> str | None:
    for key, inner in shape.items():
        if key == _ANY_KEY:
            found = (wrong(one, inner, f"{at}.{shown(name, 40)}") for name, one in value.items())
            return next((problem for problem in found if problem is not None), None)
        name = key.removesuffix("?")
        inside = f"{at}.{name}" if at else name
        if name not in value:
            if key != name:
                continue
            return f"it lacks '{inside}'"
        problem = wrong(value[name], inner, inside)
        if problem is not None:
            return problem
    return None


def _told(value: object, expected: str, at: str) -> str:
    kinds = {"{}": "an object", "[]": "a list"}
    if isinstance(value, dict | list):
        came = "an object" if isinstance(value, dict) else "a list"
    else:
        came = _digits(value) if isinstance(value, int) else repr(value)
    wanted = kinds.get(expected, expected)
    subject = f"'{at}'" if at else "it"
    return f"{subject} is {shown(came, 40)}, expected {wanted}"


def _digits(value: object) -> str:
    """A number as it is shown; Python writes out no more than some thousand digits."""
    try:
        return json.dumps(value)
    except ValueError:
        return "a number of thousands of digits"


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")


_FINITE = json.JSONDecoder(parse_constant=_no_number)
"""Made once: `json.loads` makes one for each text that comes with a word on constants."""
