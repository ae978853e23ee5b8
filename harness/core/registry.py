"""One typed registry a kind of plug: built-in names, then entry points, then `package.module:Name`.

A plug that will not load stops the run with its name; it is never a warning. A plug that is named
by the path of a module is somebody's code: it is imported by `resolve` alone, and has to be a class
with the methods of its kind before an instance is made. `os:abort` is never called.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
import sys
import types
from functools import lru_cache
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
    from collections.abc import Callable, Iterator
    from importlib.metadata import EntryPoints

T_co = TypeVar("T_co", covariant=True)

_CODE = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*:[^\W\d]\w*")
"""`package.module:Name`."""

_WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


class Registry(Generic[T_co]):
    """The plugs of one kind, by name.

    Args:
        kind: What the plugs are, as errors call them; the entry point group is
            `session_harness.<kind>`.
        protocol: What every plug of the kind has; its methods are looked for in code of others.
    """

    def __init__(self, kind: str, protocol: object) -> None:
        self.kind = kind
        self._protocol = protocol
        self._plugs: dict[str, Callable[..., T_co] | str] = {}

    def add(self, name: str, plug: Callable[..., T_co] | str) -> None:
        """Make a built-in known.

        Args:
            name: What specs call it.
            plug: Itself; or its `package.module:Name`, which is imported when somebody asks for it.

        Raises:
            ValueError: The name is taken.
        """
        if name in self._plugs:
            raise ValueError(f"{self.kind} '{name}' is already registered")
        self._plugs[name] = plug

    def names(self) -> tuple[str, ...]:
        """Every name that resolves without a module path, sorted."""
        return tuple(sorted({point.name for point in _installed(self.kind)} | set(self._plugs)))

    def is_built_in(self, spec: Spec | str) -> bool:
        """Whether a spec names a plug that comes with the harness."""
        return (Spec.parse(spec) if isinstance(spec, str) else spec).name in self._plugs

    def is_code(self, spec: Spec | str) -> bool:
        """Whether a spec names a module to be imported: neither a built-in nor an entry point."""
        name = (Spec.parse(spec) if isinstance(spec, str) else spec).name
        return ":" in name and name not in self.names()

    def check(self, spec: Spec | str) -> None:
        """Refuse a spec that is wrong, as far as that can be told without importing anybody's code.

        Raises:
            UsageError: As for `resolve`; of code, only how it is named is looked at.
        """
        if not self.is_code(spec):
            self.resolve(spec)
            return
        name = (Spec.parse(spec) if isinstance(spec, str) else spec).name
        if _CODE.fullmatch(name) is None:
            raise UsageError(f"{self.kind} '{name}' is no package.module:Name")

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
        except UsageError:
            raise
        except Exception as error:
            if spec.name in self._plugs:
                raise
            told = f"{type(error).__name__}: {error}"
            raise UsageError(f"{self.kind} '{spec}' cannot be made: {told}") from error

    def _find(self, spec: Spec) -> Callable[..., T_co]:
        if spec.name in self._plugs:
            plug = self._plugs[spec.name]
            if isinstance(plug, str):
                plug = self._plugs[spec.name] = _built_in(plug)
            return plug
        for point in _installed(self.kind).select(name=spec.name):
            return cast("Callable[..., T_co]", self._loaded(point.value))
        if ":" in spec.name:
            self.check(spec)
            return cast("Callable[..., T_co]", self._loaded(spec.name))
        raise UsageError(
            f"unknown {self.kind} '{spec.name}': {nearest(spec.name, self.names())}"
            " (or give package.module:Name)"
        )

    def _loaded(self, path: str) -> object:
        """The class at a path.

        Raises:
            UsageError: It does not load, or is no class with the methods of its kind.
        """
        plug = load_named(self.kind, path)
        what = f"{self.kind} '{path}'"
        see = f"see {getattr(self._protocol, '__qualname__', 'Protocol')} in harness.core.protocols"
        if not isinstance(plug, type):
            raise UsageError(f"{what} is a {type(plug).__name__}, expected a class; {see}")
        for name, wanted in _methods(self._protocol):
            method = getattr(plug, name, None)
            if not callable(method):
                raise UsageError(f"{what} has no method '{name}'; {see}")
            if not _takes(method, len(inspect.signature(wanted).parameters)):
                raise UsageError(f"{what}: '{name}' does not take what it is given; {see}")
        return plug


def _installed(kind: str) -> EntryPoints:
    """The plugs of that kind that other distributions bring."""
    found: EntryPoints = _all_installed(tuple(sys.path)).select(group=f"session_harness.{kind}")
    return found


@lru_cache(maxsize=1)
def _all_installed(_path: tuple[str, ...]) -> Any:
    """Entry points of all kinds, to be selected from: to find them every distribution is read."""
    return entry_points()


def _built_in(path: str) -> Any:
    """A plug of ours; one that does not load is no fault of a user's."""
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)


def _methods(protocol: object) -> Iterator[tuple[str, Callable[..., object]]]:
    """The methods that a protocol asks for; properties may be fields and are not looked for."""
    for base in reversed(getattr(protocol, "__mro__", ())):
        own = vars(base) if getattr(base, "_is_protocol", False) else {}
        for name, value in own.items():
            if inspect.isfunction(value) and not name.startswith("_"):
                yield name, value


def _takes(method: Callable[..., object], count: int) -> bool:
    """Whether a method may be called with so many arguments, itself included."""
    try:
        inspect.signature(method).bind(*[None] * count)
    except TypeError:
        return False
    except ValueError:  # one that is written in C tells no signature
        return True
    return True


def load_named(kind: str, path: str) -> Any:
    """What `package.module:Name` names; modules of this folder are found too.

    Args:
        kind: What it is to be, for the error.
        path: Its path.

    Raises:
        UsageError: It does not load.
    """
    module, _, name = path.partition(":")
    if str(Path.cwd()) not in sys.path and "" not in sys.path:
        # The installed command does not look in this folder, where people keep their own plugs.
        # It comes last, so that no file here poses as a library.
        sys.path.append(str(Path.cwd()))
    try:
        return getattr(import_module(module), name)
    except (Exception, SystemExit) as error:  # a user's module may raise anything
        raise UsageError(
            f"{kind} '{path}' does not load: {type(error).__name__}: {error}"
        ) from error


def _options(kind: str, spec: Spec, plug: Callable[..., object]) -> dict[str, object]:
    """The options of a spec as the plug's own types."""
    if not spec.options:
        return {}
    if not (isinstance(plug, type) and dataclasses.is_dataclass(plug)):
        raise UsageError(f"{kind} '{spec.name}' takes no options")
    known = [field.name for field in dataclasses.fields(plug) if field.init]
    values: dict[str, object] = {}
    for key, text in spec.options:
        if key not in known:
            raise UsageError(f"{kind} '{spec.name}' has no option '{key}': {nearest(key, known)}")
        try:
            hint = _hint(plug, key)
        except Exception as error:
            raise UsageError(f"{kind} '{spec.name}': its options have no types: {error}") from error
        values[key] = _convert(f"{kind} '{spec.name}', option '{key}'", text, hint)
    return values


def _hint(plug: type, field: str) -> object:
    """The type that a field declares, whatever else of the class has names for a checker only."""
    owner = next(base for base in plug.__mro__ if field in inspect.get_annotations(base))
    one = {field: inspect.get_annotations(owner)[field]}
    alone = type(owner.__name__, (), {"__annotations__": one, "__module__": owner.__module__})
    return get_type_hints(alone)[field]


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
