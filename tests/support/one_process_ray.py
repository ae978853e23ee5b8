"""What the executor uses of Ray, in this process and its event loop: actors that die when told to.

Whatever goes to an actor or comes back is pickled on the way, as it is between processes. A real
cluster takes ten seconds of CPU to start; one test pays for that (tests/cli/test_run_on_ray.py).
"""

from __future__ import annotations

import asyncio
import pickle
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable


class ActorDiedError(Exception):
    """An actor is gone."""


class _Errors:
    RayActorError = ActorDiedError


@dataclass
class OneProcessRay:
    """Stands for the module; put it in the place of `ray` among the modules.

    Args:
        lives: Lists of items that each actor gives before it dies, one actor after the other; those
            that come after live on.
    """

    lives: Iterable[int] = ()
    hired: int = 0
    """Actors so far."""
    handed: list[Any] = field(default_factory=list)
    """What was asked of `replay`, as it arrived."""
    stopped: list[Any] = field(default_factory=list)
    """What `stop` was told."""
    exceptions = _Errors

    def __post_init__(self) -> None:
        self._lives = deque(self.lives)

    def init(self, **_: Any) -> None:
        """Nothing has to be started."""

    def shutdown(self) -> None:
        """Nothing has to be stopped."""

    def put(self, value: Any) -> Any:
        """The value itself."""
        return _travelled(value)

    def remote(self, **_: Any) -> Callable[[type], _Actors]:
        """Makes actors of a class."""
        return lambda kind: _Actors(self, kind)

    def life(self) -> int | None:
        """How many lists the next actor gives before it dies; None for one that does not."""
        self.hired += 1
        return self._lives.popleft() if self._lives else None


@dataclass
class _Actors:
    ray: OneProcessRay
    kind: type

    def remote(self, *args: Any) -> _Actor:
        return _Actor(self.ray, self.kind(*_travelled(args)), self.ray.life())


class _Actor:
    def __init__(self, ray: OneProcessRay, inner: Any, life: int | None) -> None:
        self._ray = ray
        self._inner = inner
        self._left = life
        self.replay = self
        self.stop = _Method(inner.stop, ray.stopped)
        self.close = _Method(inner.close, [])

    def options(self, **_: Any) -> _Actor:
        return self

    async def remote(self, batch: Any) -> AsyncIterator[Any]:
        self._ray.handed.append(_travelled(batch))
        given = self._inner.replay(_travelled(batch))
        try:
            async for items in given:
                if self._left is not None:
                    if self._left <= 0:
                        raise ActorDiedError
                    self._left -= 1
                yield _ready(_travelled(items))
        finally:
            await given.aclose()


@dataclass
class _Method:
    """A method that gives one value."""

    call: Any
    told: list[Any]

    def remote(self, *args: Any, **named: Any) -> asyncio.Future[Any]:
        self.told.append((args, named))
        return asyncio.ensure_future(self.call(*_travelled(args), **named))


async def _ready(value: Any) -> Any:
    return value


def _travelled(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))  # noqa: S301 -- made on this line
