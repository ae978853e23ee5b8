"""Progress that shows nothing, for runs that nobody watches."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.core.record import Record


class NoProgress:
    """Progress that shows nothing."""

    def begin(self, total: int | None, done: int) -> None:
        """Show nothing."""

    def replanned(self, total: int) -> None:
        """Show nothing."""

    def expect(self, left: Mapping[str, int]) -> None:
        """Show nothing."""

    def narrowed(self, model: str, window: int, words: str) -> None:
        """Show nothing."""

    def sent(self) -> None:
        """Show nothing."""

    def returned(self) -> None:
        """Show nothing."""

    def finished(self, record: Record) -> None:
        """Show nothing."""

    def note(self, text: str) -> None:
        """Show nothing."""
