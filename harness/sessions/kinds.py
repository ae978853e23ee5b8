"""How much of each kind of text a session holds, message by message."""

from __future__ import annotations

from itertools import accumulate, pairwise, repeat
from typing import TYPE_CHECKING

from harness.core.text_kinds import KINDS, text_kind_of
from harness.sessions.tokens import MESSAGE_OVERHEAD

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from harness.core.messages import Message
    from harness.core.text_kinds import TextKind

    KindOffsets = tuple[tuple[int, ...], ...]
    """See `harness.core.session.Session.kind_offsets`."""


class KindCounter:
    """Local tokens of the texts before each message, by kind.

    Args:
        start: What there is already.
    """

    def __init__(self, start: KindOffsets = ()) -> None:
        self._start = start or tuple((0,) for _ in KINDS)
        self._counted: list[TextKind] = []
        self._tokens: list[int] = []

    def add(self, message: Message, tokens: int, *, said: bool) -> None:
        """Count one message more.

        Args:
            message: The message.
            tokens: Its length as it is rendered.
            said: Whether the scenario says it itself; else it is filler.
        """
        self.add_known([text_kind_of(message.text, said=said)], [tokens])

    def add_known(self, kinds: Sequence[TextKind], tokens: Iterable[int]) -> None:
        """Count some messages more, of kinds that are known.

        Args:
            kinds: Of their texts.
            tokens: Their lengths as they are rendered.
        """
        self._counted += kinds
        self._tokens += [one - MESSAGE_OVERHEAD for one in tokens]

    def offsets(self) -> KindOffsets:
        """What was counted."""
        present = set(self._counted)
        return tuple(
            (*begun[:-1], *accumulate(self._of(kind), initial=begun[-1]))
            if kind in present
            else (*begun, *repeat(begun[-1], len(self._counted)))
            for kind, begun in zip(KINDS, self._start, strict=True)
        )

    def _of(self, kind: TextKind) -> list[int]:
        """What each message adds to a kind."""
        return [
            tokens if one == kind else 0
            for one, tokens in zip(self._counted, self._tokens, strict=True)
        ]


def said_kinds(offsets: KindOffsets) -> list[bool]:
    """For each message whether the scenario says it itself, as far as its kind tells."""
    said = offsets[0] if offsets else ()
    return [after > before for before, after in pairwise(said)]


def within(offsets: KindOffsets, spans: Iterable[tuple[int, int]]) -> tuple[int, ...]:
    """Local tokens of the texts of some messages, by kind.

    Args:
        offsets: Of the session.
        spans: Ranges of its messages.

    >>> within(((0, 5, 5), (0, 0, 7), (0, 0, 0), (0, 0, 0)), [(0, 2)])
    (5, 7, 0, 0)
    """
    ranges = list(spans)
    return tuple(sum(column[stop] - column[start] for start, stop in ranges) for column in offsets)
