"""What a reader of English knows without being told: which words lead to which."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from harness.models.reference.text import stems


@cache
def thesaurus() -> dict[str, tuple[str, ...]]:
    """The stems that each stem leads to, its own first."""
    source = files("harness.models.reference").joinpath("data", "thesaurus.txt")
    found: dict[str, dict[str, None]] = {}
    for line in source.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        group = [stems(part) for part in line.split("|")]
        for i, part in enumerate(group):
            others = [stem for j, other in enumerate(group) if i != j for stem in other]
            for stem in part:
                found.setdefault(stem, {stem: None}).update(dict.fromkeys(others))
    return {stem: tuple(others) for stem, others in found.items()}


def leading(stem: str) -> tuple[str, ...]:
    """A stem, and those that a reader thinks of where it is said.

    >>> leading("car")[:2]
    ('car', 'automobil')
    """
    return thesaurus().get(stem, (stem,))
