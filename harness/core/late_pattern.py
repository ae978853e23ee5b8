"""Regular expressions that are compiled when they are first looked for.

Long ones take longer to compile than most commands take in all.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class LatePattern:
    """A pattern, compiled on first use.

    Args:
        write: Gives its text.
        flags: As `re.compile` takes them.

    >>> LatePattern(lambda: "b+").search("abba").group()
    'bb'
    """

    def __init__(self, write: Callable[[], str], flags: int = 0) -> None:
        self._write = write
        self._flags = flags

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The pattern itself."""
        return re.compile(self._write(), self._flags)

    def search(self, text: str) -> re.Match[str] | None:
        """Where it is found first."""
        return self.compiled.search(text)

    def match(self, text: str) -> re.Match[str] | None:
        """Where the text begins with it."""
        return self.compiled.match(text)

    def sub(self, instead: str | Callable[[re.Match[str]], str], text: str) -> str:
        """The text with something else wherever it is found."""
        return self.compiled.sub(instead, text)

    def split(self, text: str) -> list[str]:
        """What stands between the places where it is found; its groups, too."""
        found: list[str] = self.compiled.split(text)
        return found

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Everywhere that it is found."""
        return self.compiled.finditer(text)
