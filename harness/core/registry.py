"""One typed registry a kind of plug: built-in names, then entry points, then `package.module:Name`.

A plug that will not load stops the run with its name; it is never a warning.
"""

from __future__ import annotations

import dataclasses
import sys
import types
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import (
    TYPE_CHECKING,
    Any,
    Generic,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from harness.core.errors import UsageError, nearest
from harness.core.spec import Spec

if TYPE_CHECKING:
    from collections.abc import Callable

T_co = TypeVar("T_co", covariant=True)

_WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


class Registry(Generic[T_co]):
    """The plugs of one kind, by name.

    Args:
        kind: What the plugs are, as errors call them; the entry point group is
            `session_harness.<kind>`.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._plugs: dict[str, Callable[..., T_co]] = {}

    def add(self, name: str, plug: Callable[..., T_co]) -> None:
        """Make a built-in known.

        Raises:
            ValueError: The name is taken.
        """
        if name in self._plugs:
            raise ValueError(f"{self.kind} '{name}' is already registered")
        self._plugs[name] = plug

    def names(self) -> tuple[str, ...]:
        """Every name that resolves without a module path, sorted."""
        found = {point.name for point in entry_points(group=f"session_harness.{self.kind}")}
        return tuple(sorted(found | set(self._plugs)))

    def built_in(self, name: str) -> bool:
        """Whether the plug of that name is one of ours, and not somebody's own."""
        return name in self._plugs

    def resolve(self, spec: Spec | str) -> T_co:
        """The plug that a spec names, with its options set.

        Raises:
            UsageError: The name is unknown, the plug does not load, or an option is not its own.
        """
        spec = Spec.parse(spec) if isinstance(spec, str) else spec
        plug = self._find(spec)
        options = _options(self.kind, spec, plug)
        try:
            return plug(**options)
        except (TypeError, ValueError) as error:
            raise UsageError(f"{self.kind} '{spec}': {error}") from error

    def _find(self, spec: Spec) -> Callable[..., T_co]:
        if spec.name in self._plugs:
            return self._plugs[spec.name]
        for point in entry_points(group=f"session_harness.{self.kind}", name=spec.name):
            return cast("Callable[..., T_co]", _load(self.kind, point.value))
        if ":" in spec.name:
            return cast("Callable[..., T_co]", _load(self.kind, spec.name))
        raise UsageError(
            f"unknown {self.kind} '{spec.name}': {nearest(spec.name, self.names())}"
            " (or give package.module:Name)"
        )


def _load(kind: str, path: str) -> Any:
    module, _, name = path.partition(":")
    if str(Path.cwd()) not in sys.path and "" not in sys.path:
        # The installed command does not look in this folder, where people keep their own plugs.
        sys.path.insert(0, str(Path.cwd()))
    try:
        return getattr(import_module(module), name)
    except Exception as error:  # a user's module may raise anything
        raise UsageError(
            f"{kind} '{path}' does not load: {type(error).__name__}: {error}"
        ) from error


def _options(kind: str, spec: Spec, plug: Callable[..., object]) -> dict[str, object]:
    """The options of a spec as the plug's own types."""
    if not spec.options:
        return {}
    if not (isinstance(plug, type) and dataclasses.is_dataclass(plug)):
        raise UsageError(f"{kind} '{spec.name}' takes no options")
    hints = get_type_hints(plug)
    known = [field.name for field in dataclasses.fields(plug) if field.init]
    values: dict[str, object] = {}
    for key, text in spec.options:
        if key not in known:
            raise UsageError(f"{kind} '{spec.name}' has no option '{key}': {nearest(key, known)}")
        values[key] = _convert(f"{kind} '{spec.name}', option '{key}'", text, hints[key])
    return values


def _convert(where: str, text: str, hint: object) -> object:
    """Text as the type that a field declares."""
    if get_origin(hint) in {Union, types.UnionType}:
        hint = next(arg for arg in get_args(hint) if arg is not type(None))
    try:
        if hint is bool:
            return _WORDS[text.lower()]
        if hint is int or hint is float:
            return hint(text)
    except (KeyError, ValueError):
        expected = (
            "true or false" if hint is bool else "a whole number" if hint is int else "a number"
        )
        raise UsageError(f"{where}: got '{text}', expected {expected}") from None
    if get_origin(hint) is tuple:
        return tuple(part for part in text.split(",") if part)
    return text
