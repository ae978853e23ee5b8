"""How each language denies, abstains, guesses and declines: one file of phrases a language.

A file has a heading in brackets for each field of `Phrases`, and below it patterns, with " | " or a
new line between two. Its one rule: a file holds words and patterns, and `grammar` makes checks of
them, the same for all. English has more to it, and is in `harness.scoring.phrases` and
`harness.scoring.negation`.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from harness.scoring.languages.grammar import Grammar
from harness.scoring.languages.phrases import Phrases

__all__ = ["Grammar", "Phrases", "grammar", "read_phrases"]


@lru_cache(maxsize=32)
def grammar(code: str) -> Grammar:
    """The checks of a language other than English."""
    source = files("harness.scoring.languages").joinpath(f"{code}.txt")
    return Grammar(code, read_phrases(source.read_text(encoding="utf-8")))


def read_phrases(text: str) -> Phrases:
    r"""The phrases of a file.

    Raises:
        TypeError: A heading is no field of `Phrases`, or a field has no heading.

    >>> read_phrases("[whole]\nunknown")
    Traceback (most recent call last):
    TypeError: ...
    """
    found: dict[str, list[str]] = {}
    name = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("[") and line.endswith("]") and line[1:-1].isidentifier():
            name = line[1:-1]
            found[name] = []
        elif line and not line.startswith("#"):
            found[name] += line.split(" | ")
    return Phrases(**{field: tuple(patterns) for field, patterns in found.items()})
