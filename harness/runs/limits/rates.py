"""Calls and prompt tokens a minute, for one model.

aiolimiter keeps the buckets. A bucket holds a second's worth, so that any minute stays within what
was asked for plus that second and the one prompt that was let go last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiolimiter import AsyncLimiter

_MINUTE_S = 60.0


class Rates:
    """Lets calls go no faster than is allowed.

    A prompt may be longer than what a second allows, or even a minute. So it goes out as soon as
    the one before it is paid off, and is paid off before the next.

    Args:
        rpm: Calls a minute; None: any.
        tpm: Prompt tokens a minute; None: any.
    """

    def __init__(self, rpm: float | None, tpm: float | None) -> None:
        self._calls = _bucket(rpm)
        self._tokens = _bucket(tpm)
        self._owed_tokens = 0.0

    async def take(self, tokens: float) -> None:
        """Wait until a call with so many prompt tokens may go out. One at a time, please."""
        if self._tokens is not None:
            while self._owed_tokens > 0:
                part = min(self._owed_tokens, self._tokens.max_rate)
                await self._tokens.acquire(part)
                self._owed_tokens -= part
            self._owed_tokens += tokens
        if self._calls is not None:
            await self._calls.acquire()

    def correct(self, tokens: float) -> None:
        """The call turned out to have so many tokens more than was thought, or fewer."""
        self._owed_tokens += tokens


def _bucket(a_minute: float | None) -> AsyncLimiter | None:
    """A bucket of a second's worth, and of one call or token at least."""
    if a_minute is None:
        return None
    from aiolimiter import AsyncLimiter

    size = max(1.0, a_minute / _MINUTE_S)
    return AsyncLimiter(size, size * _MINUTE_S / a_minute)
