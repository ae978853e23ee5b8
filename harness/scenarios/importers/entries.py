"""The entries of a JSON array, put together one by one from what a streaming parser tells.

The one rule: no entry costs more than its own size. (The parser's own way of doing it names the
path of every value, which takes gigabytes for a few thousand brackets in a row.)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_LEVELS = 100
"""No transcript nests deeper; an entry that does is left out."""


class TooDeep:
    """Stands for an entry that nests deeper than any transcript."""


TOO_DEEP: Final = TooDeep()


@dataclass(slots=True)
class Entries:
    """Collects the values that stand at one level: 1 for the entries of an array, 0 for all."""

    level: int
    _open: list[tuple[Any, str]] = field(default_factory=list)
    """The containers around the one that is open, each with the key that is being filled."""
    _top: Any = None
    _key: str = ""
    _below: int = 0
    """How far the parser is below the deepest level that is kept."""
    _too_deep: bool = False

    def take(self, events: Iterable[tuple[str, Any]]) -> list[object]:
        """Follow some events.

        Args:
            events: Of a JSON parser: `start_map`, `map_key`, `string` and so on, with values.

        Returns:
            The entries that were completed, TOO_DEEP in place of one that nests too deeply.
        """
        done: list[object] = []
        for event, value in events:
            if event == "map_key":
                self._key = value
            elif event in {"start_map", "start_array"}:
                self._begin({} if event == "start_map" else [])
            elif event in {"end_map", "end_array"}:
                self._end(done)
            elif not self._below:
                self._add(value, done)
        return done

    def _begin(self, container: Any) -> None:
        if self._below or len(self._open) >= MOST_LEVELS:
            self._below += 1
            self._too_deep = True
            return
        self._open.append((self._top, self._key))
        self._top = container if len(self._open) > self.level else None

    def _end(self, done: list[object]) -> None:
        if self._below:
            self._below -= 1
            return
        closed = self._top
        self._top, self._key = self._open.pop()
        if len(self._open) >= self.level:
            self._add(closed, done)

    def _add(self, value: object, done: list[object]) -> None:
        """Put a value where it belongs: into the open container, or among the entries."""
        if len(self._open) == self.level:
            done.append(TOO_DEEP if self._too_deep else value)
            self._too_deep = False
        elif type(self._top) is dict:
            self._top[self._key] = value
        elif self._top is not None:
            self._top.append(value)
