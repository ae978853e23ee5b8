"""Ctrl-C: once to finish what is in flight, twice to stop now.

What is in flight is paid for, so the first one only keeps anything new from being sent. SIGTERM, by
which machines say the same, counts like it.
"""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

T = TypeVar("T")

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupts:
    """Runs work on an event loop, and notes whether somebody wants it to end.

    Args:
        stop: Keeps anything new from being sent; is called at the first signal.
    """

    def __init__(self, stop: Callable[[], None]) -> None:
        self._stop = stop
        self._times = 0

    @property
    def wanted(self) -> bool:
        """Whether a signal came."""
        return self._times > 0

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """What the work gives; after one signal too, as far as it came.

        Raises:
            KeyboardInterrupt: A second signal came.
        """
        try:
            return asyncio.run(self._watched(work))
        except asyncio.CancelledError:
            if self.wanted:
                raise KeyboardInterrupt from None
            raise

    async def _watched(self, work: Coroutine[Any, Any, T]) -> T:
        loop, task = asyncio.get_running_loop(), asyncio.ensure_future(work)
        before = {}
        for number in _SIGNALS:
            held = signal.getsignal(number)
            try:
                loop.add_signal_handler(number, self._came, task)
            except (ValueError, RuntimeError):  # signals come to the main thread only
                break
            before[number] = held
        try:
            return await task
        finally:
            for number, handler in before.items():
                loop.remove_signal_handler(number)
                signal.signal(number, handler)

    def _came(self, task: asyncio.Future[T]) -> None:
        self._times += 1
        if self._times == 1:
            self._stop()
        else:
            task.cancel()
