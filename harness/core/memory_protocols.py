"""What a memory is, and what it may say of itself. A plug is a frozen dataclass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.memory import MemoryChain, MemoryView


@runtime_checkable
class Memory(Protocol):
    """Says what crosses a session boundary. A plug: its fields are its options.

    `open` begins a life of it for one chain of sessions; nothing may pass from one chain to
    another. What a memory says of itself beside this, it says by the protocols below: HasBudget,
    WritesEvery, AsksAtQuestion, HasTimeout, SaysHow, and NamesWriter as for policies.
    """

    def open(self, chain: MemoryChain, /) -> MemorySession: ...


class MemorySession(Protocol):
    """The memory of one chain of sessions, from its first session to its last question.

    Calls come one after the other, but for `inject` of a memory that is asked for each question.
    A failure of it ends the trials of its chain as not measured, and those of no other.
    """

    async def write(self, said: MemoryView, /) -> Sequence[str] | None:
        """Take up what was said: when a session ends, and every k turns where it is WritesEvery.

        Returns:
            The notes that it holds from now on, each a text, which the harness keeps in a file of
            the run folder to tell where a fact was lost; or None where the memory has a store of
            its own that cannot be listed: then only what it gives back is kept.
        """

    async def inject(self, question: str, /) -> str:
        """What the next session begins with; empty for nothing.

        Args:
            question: What will be asked, where the memory is AsksAtQuestion; else empty.
        """

    async def close(self) -> None:
        """The last question of the chain is answered; what was opened is closed."""


@runtime_checkable
class HasBudget(Protocol):
    """A memory that bounds what it gives back."""

    @property
    def budget(self) -> int | None:
        """Most tokens that `inject` gives back; None for no bound."""


@runtime_checkable
class WritesEvery(Protocol):
    """A memory that also writes while a session goes on."""

    @property
    def every(self) -> int:
        """Turns between two writings; 0 for the end of the session only."""


@runtime_checkable
class AsksAtQuestion(Protocol):
    """A memory that may be asked for each question, just before it is put."""

    @property
    def asks_at_question(self) -> bool:
        """Whether it is; else it is asked once, when a session begins."""


@runtime_checkable
class HasTimeout(Protocol):
    """A memory that says how long it may take."""

    @property
    def timeout(self) -> float:
        """Seconds for one writing or one answer; half an hour unless given."""


@runtime_checkable
class SaysHow(Protocol):
    """A memory that a reader of its records should know more of than its name."""

    @property
    def how(self) -> str:
        """What it rests on: the product's version, how it embeds texts; a few words."""
