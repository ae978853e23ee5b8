"""The way to one provider: how many calls and how much text are on it now."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from harness.runs.limits.congestion import Congestion

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.runs.limits.limits import Limits


class Lane:
    """Calls in flight to one provider, whichever of its models they ask.

    Args:
        limits: What is allowed at most.
    """

    def __init__(self, limits: Limits) -> None:
        self.congestion = Congestion(limits.max_connections)
        self.in_flight = 0
        self._max_bytes = limits.max_bytes
        self._bytes = 0
        self._changed = asyncio.Event()

    def fits(self, size: int) -> bool:
        """Whether one more call with so much text may go out now."""
        if self.in_flight == 0:
            return True
        room = self.in_flight < int(self.congestion.limit)
        return room and self._bytes + size <= self._max_bytes

    async def enter(self, size: int, check: Callable[[], None]) -> int:
        """Wait until the call fits; then it is on its way.

        Args:
            size: Text of the call, in bytes.
            check: Raises when there is nothing left to wait for.

        Returns:
            The number under which `congestion` knows the call.
        """
        while not self.fits(size):
            self._changed.clear()
            await self._changed.wait()
            check()
        self.in_flight += 1
        self._bytes += size
        return self.congestion.send()

    def leave(self, size: int) -> None:
        """The call is over, however it ended."""
        self.in_flight -= 1
        self._bytes -= size
        self.wake()

    def wake(self) -> None:
        """Let those who wait look again."""
        self._changed.set()
