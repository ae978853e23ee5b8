"""Columns of very many calls, in few bytes each: whole numbers, names, and words of a few.

Its one rule: a column gives back what was put into it. How it keeps that is its own business. numpy
is imported where one is read, since no run needs it before.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeAlias

    import numpy as np
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    Codes: TypeAlias = NDArray[np.int32]
    Digests: TypeAlias = NDArray[np.uint64]

T = TypeVar("T")

_MISSING = -(2**31)
"""Stands where there is no number. No count of tokens is below 0."""
_DIGEST_BYTES = 8
"""Of ten million names two are taken for one another once in a hundred thousand runs."""


class IntColumn:
    """Whole numbers, four bytes each, and eight once one of them is too large for that."""

    def __init__(self) -> None:
        self._values = array("i")

    def append(self, value: int | None) -> None:
        """One more; None where there is no number."""
        self.extend((_MISSING if value is None else value,))

    def extend(self, values: Iterable[int]) -> None:
        """Some more."""
        some = tuple(values)
        before = len(self._values)
        try:
            self._values.extend(some)
        except OverflowError:
            self._values = array("q", self._values[:before])
            self._values.extend(some)

    def floats(self) -> Floats:
        """The numbers, NaN where there is none; where all are the same they take no room."""
        import numpy as np

        values = np.array(self._values)
        missing = values == _MISSING
        if len(values) and (values == values[0]).all():
            same = np.nan if missing[0] else float(values[0])
            return np.broadcast_to(np.float64(same), len(values))
        numbers: Floats = values.astype(np.float64)
        numbers[missing] = np.nan
        return numbers


class NameColumn:
    """Names of which only that matters which are alike: eight bytes each, however many there are.

    A name is one text, or several.
    """

    def __init__(self) -> None:
        self._digests = array("Q")
        self._last: tuple[str, ...] | None = None

    def append(self, *name: str) -> None:
        """One more."""
        if name != self._last:  # calls of one session come one after the other
            self._last, self._digest = name, _digest(name)
        self._digests.append(self._digest)

    def digests(self) -> Digests:
        """What stands for each."""
        import numpy as np

        return np.array(self._digests, dtype=np.uint64)

    def numbers(self) -> Codes:
        """The same number for each that is alike, in the order in which they came first."""
        import numpy as np

        _, first, inverse = np.unique(self.digests(), return_index=True, return_inverse=True)
        numbers = np.empty(len(first), dtype=np.int32)
        numbers[np.argsort(first)] = np.arange(len(first))
        return numbers[inverse]


def distinct(groups: Codes, names: Digests) -> NDArray[np.int64]:
    """How many names each group has that are not alike.

    Args:
        groups: Of each row its group, numbered from 0.
        names: Of each row what stands for its name.
    """
    import numpy as np

    order = np.lexsort((names, groups))
    groups, names = groups[order], names[order]
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = (groups[1:] != groups[:-1]) | (names[1:] != names[:-1])
    return np.bincount(groups[new])


def _digest(name: tuple[str, ...]) -> int:
    said = "\0".join(name).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(said, digest_size=_DIGEST_BYTES).digest(), "little")


class CodedColumn(Sequence[T]):
    """Values of which there are only a few, one byte each.

    Args:
        codes: Of each the index of its value.
        values: What they are.
    """

    def __init__(self, codes: NDArray[np.int8], values: Sequence[T]) -> None:
        self._codes = codes
        self._values = tuple(values)

    def __len__(self) -> int:
        return len(self._codes)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> CodedColumn[T]: ...
    def __getitem__(self, index: int | slice) -> T | CodedColumn[T]:
        if isinstance(index, slice):
            return CodedColumn(self._codes[index], self._values)
        return self._values[int(self._codes[index])]
