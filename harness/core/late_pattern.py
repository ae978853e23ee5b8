"""Regular expressions that are compiled when they are first looked for.

Long ones take longer to compile than most commands take in all.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class LatePattern:
    """A pattern, compiled on first use.

    Args:
        write: Gives its text.

    >>> LatePattern(lambda: "b+").search("abba").group()
    'bb'
    """

    def __init__(self, write: Callable[[], str]) -> None:
        self._write = write

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The pattern itself."""
        return re.compile(self._write())

    def search(self, text: str) -> re.Match[str] | None:
        """Where it is found first."""
        return self.compiled.search(text)

    def match(self, text: str) -> re.Match[str] | None:
        """Where the text begins with it."""
        return self.compiled.match(text)
