"""A quick yes for values that have a shape; see `harness.core.shapes`, which says what is wrong.

Its one rule: it says yes of nothing that `harness.core.shapes` refuses. Of what it does not say yes
to, that file decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.core.shapes import LARGEST, conform

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.core.errors import Where
    from harness.core.shapes import Shape

    Fits = Callable[[Any], bool]


class CompiledShape:
    """A shape that very many values are held against, in a tenth of the time.

    Args:
        shape: As `harness.core.shapes` describes it.
    """

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        self.surely_fits = _fits(shape)
        """Whether a value has the shape; False also where that takes a longer look."""

    def conform(self, value: object, where: Where, *, what: str = "") -> None:
        """Make sure that a value has the shape.

        Raises:
            FileError: It has not.
        """
        if not self.surely_fits(value):
            conform(value, self._shape, where, what=what)


class _Absent:
    """The type of a key that is not there."""


_ABSENT = _Absent()
_NONE = type(None)


def _fits(shape: Any) -> Fits:
    if isinstance(shape, tuple):
        return _or_null(_fits(shape[0]))
    if isinstance(shape, dict):
        return _object(shape)
    if isinstance(shape, list):
        return _list(shape[0])
    if shape is object:
        return lambda _: True
    if shape is int or shape is float:
        types = _RANGED[shape]
        return lambda value: type(value) in types and -LARGEST <= value <= LARGEST
    return lambda value: type(value) is shape


_RANGED: dict[Any, frozenset[type]] = {int: frozenset({int}), float: frozenset({int, float})}


def _or_null(fits: Fits) -> Fits:
    return lambda value: value is None or fits(value)


def _list(inner: Any) -> Fits:
    fits = _fits(inner)
    return lambda value: type(value) is list and all(map(fits, value))


def _object(shape: dict[str, Any]) -> Fits:
    if "*" in shape:
        return lambda _: False
    texts: list[tuple[str, frozenset[type]]] = []
    numbers: list[tuple[str, frozenset[type], frozenset[type]]] = []
    others: list[tuple[str, frozenset[type], Fits]] = []
    for key, own in shape.items():
        name = key.removesuffix("?")
        inner = own[0] if isinstance(own, tuple) else own
        spared = frozenset(
            {*({_Absent} if name != key else ()), *({_NONE} if isinstance(own, tuple) else ())}
        )
        if inner is str or inner is bool:
            texts.append((name, spared | {inner}))
        elif inner is int or inner is float:
            numbers.append((name, spared, _RANGED[inner]))
        else:
            others.append((name, spared, _fits(inner)))
    have_types, are_in_range, fit = _have_types(texts), _are_in_range(numbers), _each_fits(others)
    return lambda value: (
        type(value) is dict and have_types(value) and are_in_range(value) and fit(value)
    )


# loops and no generators: a record has a hundred keys


def _have_types(wanted: list[tuple[str, frozenset[type]]]) -> Fits:
    def check(value: Any) -> bool:
        get = value.get
        for name, types in wanted:  # noqa: SIM110 -- see above
            if type(get(name, _ABSENT)) not in types:
                return False
        return True

    return check


def _are_in_range(wanted: list[tuple[str, frozenset[type], frozenset[type]]]) -> Fits:
    def check(value: Any) -> bool:
        get = value.get
        for name, spared, types in wanted:
            one = get(name, _ABSENT)
            kind = type(one)
            if kind in types:
                if not -LARGEST <= one <= LARGEST:
                    return False
            elif kind not in spared:
                return False
        return True

    return check


def _each_fits(wanted: list[tuple[str, frozenset[type], Fits]]) -> Fits:
    def check(value: Any) -> bool:
        get = value.get
        for name, spared, fits in wanted:
            one = get(name, _ABSENT)
            if type(one) not in spared and not fits(one):
                return False
        return True

    return check
