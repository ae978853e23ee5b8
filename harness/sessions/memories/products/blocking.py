"""A product with blocking calls, lived through in a thread of its own.

The model at hand belongs to the event loop of the run; what the product asks of it goes there and
back. The thread ends with the process, so that a product that never returns holds nobody up.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.core.messages import Message
    from harness.core.writer import Writer

T = TypeVar("T")


class BlockingThread:
    """Runs one call after the other, in the order in which they come.

    Args:
        name: Of the thread.
    """

    def __init__(self, name: str) -> None:
        self._calls: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._live, name=name, daemon=True)
        self._thread.start()

    async def run(self, call: Callable[[], T]) -> T:
        """What the call gives."""
        done: Future[T] = Future()

        def work() -> None:
            if not done.set_running_or_notify_cancel():
                return
            try:
                done.set_result(call())
            except BaseException as error:  # noqa: BLE001 -- raised where it is waited for
                done.set_exception(error)

        self._calls.put(work)
        return await asyncio.wrap_future(done)

    def stop(self) -> None:
        """Let it end behind what it was given to do."""
        self._calls.put(None)

    def _live(self) -> None:
        while (work := self._calls.get()) is not None:
            work()


class BlockingWriter:
    """The model at hand, for code that waits for it.

    Args:
        writer: The model.
        loop: The event loop that it belongs to.
        most: Tokens that an answer may have.
    """

    def __init__(self, writer: Writer, loop: asyncio.AbstractEventLoop, most: int) -> None:
        self._writer = writer
        self._loop = loop
        self._most = most

    def ask(self, messages: Sequence[Message]) -> str:
        """What it answers; to be called from any thread but that of the loop."""
        asked = self._writer.ask(messages, max_tokens=self._most)
        return asyncio.run_coroutine_threadsafe(asked, self._loop).result()
