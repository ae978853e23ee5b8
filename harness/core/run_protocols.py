"""What a run hands to those who work for it: leave to call, an ear for its progress, a store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractAsyncContextManager

    from harness.core.probe import Reply
    from harness.core.record import Record
    from harness.core.session import Session


class CallGate(Protocol):
    """Lets the calls to one model out, no more and no faster than is allowed.

    `passage` is the time of one call, for a prompt of so many characters: it is entered when the
    call may go out, is handed the reply, and sees the ModelError that leaves it. It raises one of
    kind `stopped` when the model was given up.
    `wait` is a pause between two attempts; it ends at once when the model is given up.
    """

    def passage(self, size: int, /) -> AbstractAsyncContextManager[Callable[[Reply], None]]: ...

    async def wait(self, seconds: float, /) -> None: ...


class Progress(Protocol):
    """Is told what happens in a run, to show it.

    `sent` and `returned` are told of every call, the attempts of one trial apart.
    """

    def begin(self, total: int | None, done: int) -> None:
        """A run of so many trials begins; None where their number is not known yet."""

    def replanned(self, total: int) -> None:
        """The number of trials has changed, since lengths are aimed better now."""

    def expect(self, left: Mapping[str, int]) -> None:
        """So many trials of each model are still to be asked."""

    def narrowed(self, model: str, window: int, words: str) -> None:
        """An adaptive run knows this of an onset by now."""

    def sent(self) -> None: ...

    def returned(self) -> None: ...

    def finished(self, record: Record) -> None: ...

    def note(self, text: str) -> None: ...


class RecordSink(Protocol):
    """Keeps what a run finds out.

    `keep` comes before any record that speaks of the session.
    """

    def keep(self, session: Session) -> None: ...

    def append(self, record: Record) -> None: ...
