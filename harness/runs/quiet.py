"""Progress for those who do not look."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.core.record import Record


class Quiet:
    """Progress that shows nothing."""

    def begin(self, total: int | None, done: int) -> None:
        """Nothing."""

    def replanned(self, total: int) -> None:
        """Nothing."""

    def sent(self) -> None:
        """Nothing."""

    def returned(self) -> None:
        """Nothing."""

    def finished(self, record: Record) -> None:
        """Nothing."""

    def note(self, text: str) -> None:
        """Nothing."""
