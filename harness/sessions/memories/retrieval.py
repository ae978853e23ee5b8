"""Memory `retrieval`: every turn is kept, and those that bear on the question are given back.

The search is SQLite's FTS5 with its bm25 rank over stemmed words, in memory; the store of the run
folder stays the one place where the turns are kept.
"""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from harness.core.errors import UsageError
from harness.sessions.memories.fitting import at_least, best
from harness.sessions.memories.kept_turns import KeptTurns

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORD = re.compile(r"\w+")
_KEPT_INDEXES = 16


@dataclass(frozen=True, slots=True)
class Retrieval(KeptTurns):
    """Finds the turns that say most of the question's words, when the question is asked."""

    k: int = 3
    """Turns that are given back at most."""
    budget: int | None = None
    """Tokens that they may have; the turns that bear least on the question are left out."""

    asks_at_question: ClassVar[bool] = True

    def __post_init__(self) -> None:
        at_least("k", self.k, 1)
        at_least("budget", self.budget, 1)

    def give_back(self, notes: Sequence[str], question: str, /) -> str:
        """The best k turns, best first; nothing when no turn shares a word with the question."""
        words = dict.fromkeys(word.casefold() for word in _WORD.findall(question))
        if not words or not notes:
            return ""
        query = " OR ".join(f'"{word}"' for word in words)
        found = _index(tuple(notes)).execute(
            "SELECT rowid FROM turns WHERE turns MATCH ? ORDER BY rank, rowid DESC LIMIT ?",
            (query, self.k),
        )
        turns = [notes[row - 1] for (row,) in found]
        return best(turns, self.budget, between="\n\n", what="more turns")


@lru_cache(maxsize=_KEPT_INDEXES)
def _index(notes: tuple[str, ...]) -> sqlite3.Connection:
    """The turns, to be searched.

    Raises:
        UsageError: This SQLite cannot search texts.
    """
    index = sqlite3.connect(":memory:", check_same_thread=False)
    try:
        index.execute("CREATE VIRTUAL TABLE turns USING fts5(text, tokenize='porter unicode61')")
    except sqlite3.OperationalError as error:
        raise UsageError(
            f"memory 'retrieval' needs SQLite with FTS5, and this one has none: {error}"
        ) from None
    index.executemany("INSERT INTO turns(text) VALUES (?)", ((note,) for note in notes))
    return index
