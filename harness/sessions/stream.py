"""A stream of filler turns, counted once and shared by every session that starts with it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from harness.core.draws import Draws
from harness.core.errors import UsageError
from harness.core.text_kinds import text_kind_of
from harness.sessions.tokens import MESSAGE_OVERHEAD

if TYPE_CHECKING:
    from harness.core.messages import Turn
    from harness.core.protocols import Filler
    from harness.core.text_kinds import TextKind
    from harness.sessions.leaks import LeakCheck
    from harness.sessions.tokens import TokenCounter

_FIRST_BATCH = 16
_LEAST_BATCH = 4
_LARGEST_BATCH = 256
"""Turns read at once."""


class FillerTurn(NamedTuple):
    """A turn of filler, with what is asked of it in every session that says it."""

    turn: Turn
    size: int
    """Tokens of all its messages as they are rendered."""
    sizes: tuple[int, ...]
    """Tokens of each."""
    kinds: tuple[TextKind, ...]
    hashes: tuple[str, ...]


class FillerStream:
    """The turns of one filler for one name of a stream, read as far as anyone asked.

    Args:
        filler: Where the turns come from.
        name: What the stream is named by: equal names give equal turns.
        counter: Counts each turn once.
        check: Turns that hold a planted value are left out.
        label: What errors call the filler.
    """

    def __init__(
        self,
        filler: Filler,
        name: tuple[object, ...],
        counter: TokenCounter,
        check: LeakCheck,
        label: str,
    ) -> None:
        self._source = filler.turns(Draws("filler", *name))
        self._counter = counter
        self._check = check
        self._label = label
        self._turns: list[FillerTurn] = []
        self._tokens = 0
        self.left_out = 0
        """Turns that held a planted value."""

    def turn(self, index: int, missing: int = 0) -> FillerTurn:
        """The turn of that index.

        Args:
            index: Counted from 0; turns that hold a planted value are not.
            missing: Tokens that the session is short of before this turn; what will do is read at
                once, and hardly more.

        Raises:
            UsageError: The filler has run out.
        """
        turns = self._turns
        while index >= len(turns):
            self._read_on(missing)
        return turns[index]

    def _read_on(self, missing: int) -> None:
        size = _FIRST_BATCH
        if self._turns:
            expected = missing * len(self._turns) // self._tokens
            size = min(max(_LEAST_BATCH, expected), _LARGEST_BATCH)
        batch = list(islice(self._source, size))
        if not batch:
            raise FillerRanOutError(self._label, self._tokens, self.left_out)
        texts = [[message.text for message in turn.messages] for turn in batch]
        held = iter(self._check.held([text for said in texts for text in said]))
        for turn, said in zip(batch, texts, strict=True):
            if sum(islice(held, len(said))):  # a sum: each turn takes all of its own from `held`
                self.left_out += 1
                continue
            sizes = tuple([n + MESSAGE_OVERHEAD for n in self._counter.count_texts(said)])
            size = sum(sizes)
            self._tokens += size
            self._turns.append(
                FillerTurn(
                    turn,
                    size,
                    sizes,
                    tuple([text_kind_of(text, said=False) for text in said]),
                    tuple([message.hash for message in turn.messages]),
                )
            )


class FillerRanOutError(UsageError):
    """The filler has fewer tokens than the session needs.

    Args:
        label: What the filler is called.
        had: Tokens that it gave.
        left_out: Turns that held a planted value and could not be used.
    """

    def __init__(self, label: str, had: int, left_out: int) -> None:
        super().__init__(f"{label} has run out after {had} tokens")
        self.label = label
        self.had = had
        self.left_out = left_out

    def missing(self, tokens: int) -> UsageError:
        """The same error for people: how many tokens more the session needs."""
        dropped = f"; {self.left_out} turns hold planted values" if self.left_out else ""
        return UsageError(
            f"{self.label} has only {self.had} usable tokens{dropped}: {tokens} tokens are missing"
            " for this session; add chats, ask for a smaller window, or set `repeat: true`"
        )
