"""What one job is written with: words and sentences that hang together, and numbers.

Its one rule: a job has one service, a handful of nouns and a handful of files, so that its tools
come back to the same places, as they do in real work.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from harness.core.draws import digest
from harness.sessions.fillers.workday.catalogue import read_section
from harness.sessions.fillers.workday.grammar import WorkdayWriter, pool_entry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.core.draws import Draws
    from harness.sessions.fillers.workday.grammar import Pool

_CAST = 5
"""Nouns of one job, and files."""
_FEW = 3


@lru_cache(maxsize=1)
def _text() -> str:
    return files("harness.sessions.fillers.agent_work").joinpath("words.txt").read_text("utf-8")


@lru_cache(maxsize=1)
def word_pools() -> Mapping[str, tuple[str, ...]]:
    """The entries of each pool, as they are written."""
    return read_section("agent-work", _text()).pools


@lru_cache(maxsize=1)
def _pools() -> dict[str, Pool]:
    names = word_pools()
    return {
        label: tuple(
            pool_entry(entry, names, entry=not entry[:1].isupper() and "{" in entry)
            for entry in entries
        )
        for label, entries in names.items()
    }


def words_digest() -> str:
    """Hash of everything that a job may be written with."""
    return digest(_text())


class JobWriter:
    """The words of one job.

    Args:
        draws: Decides all of them.
    """

    def __init__(self, draws: Draws) -> None:
        self.draws = draws
        pools = word_pools()
        self.nouns = draws.shuffled(pools["noun"])[:_CAST]
        self.verbs = draws.shuffled(pools["verb"])[: 2 * _CAST]
        self.fields = draws.shuffled(pools["field"])[: 2 * _CAST]
        kinds = draws.shuffled(pools["kind"])[:_FEW]
        self.aspects = draws.shuffled(pools["aspect"])[: _CAST + _FEW]
        own: dict[str, Sequence[str]] = {
            "noun": self.nouns, "verb": self.verbs, "field": self.fields, "kind": kinds,
            "topic": draws.shuffled(pools["topic"])[:1], "aspect": self.aspects,
            "place": draws.shuffled(pools["place"])[: _CAST],
        }  # fmt: skip
        cast: dict[str, Pool] = {label: tuple(entries) for label, entries in own.items()}
        self._writer = WorkdayWriter(_pools() | cast, draws.fraction)
        folder = draws.choice(pools["folder"])
        self.files = [
            f"{folder}/{noun}s/{noun}_{draws.choice(kinds)}.py" for noun in self.nouns[:_CAST]
        ]
        self.tests = [f"tests/{noun}s/test_{noun}.py" for noun in self.nouns[:_FEW]]

    def say(self, pool: str) -> str:
        """A sentence or more of that pool."""
        return self._writer.say(pool)

    def one(self, items: Sequence[str]) -> str:
        """One of the items."""
        return self.draws.choice(items)

    def number(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return low + self.draws.below(high - low + 1)

    def hex(self, size: int) -> str:
        """So many hexadecimal digits, as a commit or a request is named by."""
        return "".join(self.draws.choice("0123456789abcdef") for _ in range(size))
