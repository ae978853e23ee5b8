"""The life of a memory for one chain of sessions: its calls, bounded in time.

Its one rule: whatever somebody else's memory does, no other chain waits for it. It lives in a
thread of its own with an event loop of its own, so that one which blocks, hangs or quits stops
nobody; ours, which do none of that, live in the loop of the run.
"""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from harness.core.errors import HarnessError, ModelError
from harness.core.memory import MemoryFaultError
from harness.core.memory_protocols import HasTimeout
from harness.core.printable import shown

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Sequence
    from typing import Any

    from harness.core.memory import MemoryChain
    from harness.core.memory_protocols import Memory, MemorySession
    from harness.core.messages import Message
    from harness.core.writer import Writer

T = TypeVar("T")

_LONGEST_S = 1800.0
"""How long one writing or one answer may take, its model's calls included, unless a memory says
otherwise."""
_LONGEST_END_S = 10.0
"""And the end of a life that has failed."""
_LONGEST_FREE_S = 1.0
"""How long a thread whose memory has failed may take to show that nothing blocks it."""
_LONGEST_REASON = 300


class MemoryLife:
    """A memory while it is open for one chain; it is opened by the first call.

    Args:
        plug: The memory.
        name: As the study names it.
        chain: What it is opened for.
        is_ours: It comes with the harness, and needs no thread of its own.
    """

    def __init__(self, plug: Memory, name: str, chain: MemoryChain, *, is_ours: bool) -> None:
        self._plug = plug
        self._name = name
        self._chain = chain
        self._own = None if is_ours else _OwnThread(chain.id)
        self._session: MemorySession | None = None
        self._failed = False
        self._hung: ModelError | None = None
        self._longest_s = plug.timeout if isinstance(plug, HasTimeout) else _LONGEST_S

    async def call(
        self, method: str, call: Callable[[MemorySession], Awaitable[T]]
    ) -> tuple[T, float]:
        """What a method of the memory gives, and the seconds that it took, opening left out.

        Raises:
            ModelError: It fails, or takes too long; the message names the memory.
        """
        if self._hung is not None and method != "close":
            raise self._hung  # nobody waits for it a second time
        longest_s = min(self._longest_s, _LONGEST_END_S) if self._failed else self._longest_s
        timeout = asyncio.timeout(longest_s)
        try:
            async with timeout:
                return await self._run(call)
        except ModelError:
            self._failed = True
            raise
        except MemoryFaultError as error:
            raise self.broken(method, str(error)) from error
        except HarnessError:
            raise
        except Exception as error:
            why = f"{type(error).__name__}: {error}"
            if timeout.expired():
                self._hung = self.broken(method, f"no answer within {longest_s:,g} s")
                raise self._hung from error
            raise self.broken(method, why) from error

    async def close(self) -> str | None:
        """End it; why it could not be ended, if so."""
        try:
            if self._session is not None and await self._is_free():
                await self.call("close", lambda session: session.close())
        except ModelError as error:
            return str(error)
        finally:
            self._session = None
            if self._own is not None:
                self._own.stop()
        return None

    async def _is_free(self) -> bool:
        """Whether it can be called; one that has failed may block its thread for good."""
        return self._own is None or not self._failed or await self._own.is_free(_LONGEST_FREE_S)

    def broken(self, method: str, why: str) -> ModelError:
        """The failure of a method, with the name of the memory."""
        self._failed = True
        told = shown(why, _LONGEST_REASON)
        return ModelError(f"memory '{self._name}' fails in '{method}': {told}", kind="memory")

    async def _run(self, call: Callable[[MemorySession], Awaitable[T]]) -> tuple[T, float]:
        if self._own is None:
            return await self._timed(call, self._chain)
        writer = _AcrossThreads(self._chain.writer, asyncio.get_running_loop())
        chain = replace(self._chain, writer=writer)
        return await self._own.run(lambda: self._timed(call, chain))

    async def _timed(
        self, call: Callable[[MemorySession], Awaitable[T]], chain: MemoryChain
    ) -> tuple[T, float]:
        session = self._opened(chain)
        began = time.perf_counter()
        found = await call(session)
        return found, time.perf_counter() - began

    def _opened(self, chain: MemoryChain) -> MemorySession:
        if self._session is None:
            self._session = self._plug.open(chain)
        return self._session


class _OwnThread:
    """A thread with an event loop, which ends with the process at the latest."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._live, name=f"memory {name}", daemon=True)

    async def run(self, make: Callable[[], Awaitable[T]]) -> T:
        """What comes of it there."""
        if not self._thread.is_alive():
            self._thread.start()
        there = asyncio.run_coroutine_threadsafe(_guarded(make), self._loop)
        return await asyncio.wrap_future(there)

    async def is_free(self, within_s: float) -> bool:
        """Whether nothing blocks it."""
        here, free = asyncio.get_running_loop(), asyncio.Event()

        def answer() -> None:
            with suppress(RuntimeError):  # nobody waits for it any more
                here.call_soon_threadsafe(free.set)

        self._loop.call_soon_threadsafe(answer)
        try:
            async with asyncio.timeout(within_s):
                await free.wait()
        except TimeoutError:
            return False
        return True

    def stop(self) -> None:
        """Let it end, as soon as nothing blocks it."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
        else:
            self._loop.close()

    def _live(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            self._loop.close()


async def _guarded(make: Callable[[], Awaitable[T]]) -> T:
    """What comes of it, where quitting is a failure like any other.

    Raises:
        MemoryFaultError: It wants to end the program, or cancels itself.
    """
    try:
        return await make()
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        raise MemoryFaultError("it cancels itself") from None
    except (SystemExit, KeyboardInterrupt, GeneratorExit) as error:
        raise MemoryFaultError(f"it quits with {type(error).__name__}: {error}") from None


@dataclass(slots=True)
class _AcrossThreads:
    """The model at hand of another thread's event loop."""

    writer: Writer
    loop: asyncio.AbstractEventLoop

    async def write(self, instruction: str, /, *, max_tokens: int) -> str:
        """What it writes to the session so far."""
        return await self._there(self.writer.write(instruction, max_tokens=max_tokens))

    async def ask(self, messages: Sequence[Message], /, *, max_tokens: int) -> str:
        """What it answers to these messages."""
        return await self._there(self.writer.ask(messages, max_tokens=max_tokens))

    async def _there(self, asked: Coroutine[Any, Any, str]) -> str:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(asked, self.loop))
