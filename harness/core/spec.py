"""A spec names a plug and its options, as text: `fading?onset=0.6&limit=8000`.

Specs travel (in scenario files, on the command line, in records) and are rebuilt where they run.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, unquote

from harness.core.errors import UsageError


@dataclass(frozen=True, slots=True)
class Spec:
    """The name of a plug and its options, still as text."""

    name: str
    options: tuple[tuple[str, str], ...] = ()
    """Sorted by key, so that one meaning has one spelling."""

    @classmethod
    def parse(cls, text: str) -> Spec:
        """Read `name?key=value&key=value`.

        Raises:
            UsageError: The name is empty, or an option is not key=value, or stands twice.

        >>> str(Spec.parse("fading?onset=0.6&limit=8000"))
        'fading?limit=8000&onset=0.6'
        """
        name, _, query = text.strip().partition("?")
        if not name:
            raise UsageError(f"'{text}' names nothing; expected name or name?option=value")
        options: dict[str, str] = {}
        for part in query.split("&") if query else ():
            key, equals, value = part.partition("=")
            if not equals or not key:
                raise UsageError(f"'{part}' in '{text}' is not option=value")
            if key in options:
                raise UsageError(f"option '{key}' stands twice in '{text}'")
            options[key] = unquote(value)
        return cls(name, tuple(sorted(options.items())))

    def __str__(self) -> str:
        if not self.options:
            return self.name
        query = "&".join(f"{key}={quote(value, safe='/:,.+-_')}" for key, value in self.options)
        return f"{self.name}?{query}"
