"""What a section of a report is that has a title, some sentences and a table: a module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

Found_contra = TypeVar("Found_contra", contravariant=True)


class Section(Protocol[Found_contra]):
    """One finding in words, for every form of the report."""

    @property
    def HEADER(self) -> tuple[str, ...]:  # noqa: N802 -- a module has constants
        """Names of the columns; `>` ends those that hold numbers."""

    def title(self, found: Found_contra, /) -> str:
        """What it is of."""

    def sentences(self, found: Found_contra, /) -> Iterator[str]:
        """What is said above the table."""

    def rows(self, found: Found_contra, /) -> Iterator[tuple[str, ...]]:
        """The cells of the table."""
