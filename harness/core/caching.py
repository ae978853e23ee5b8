"""Results of pure functions of a text, kept for as long as they are small.

Its one rule: how much memory a cache takes is bounded by its texts, not only by their number.
"""

from __future__ import annotations

from functools import lru_cache, wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
R = TypeVar("R")

LONG = 20_000
"""Characters of a text that is kept only until the next few came."""
_LONG_KEPT = 2


def by_text(most: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A cache for a function whose last argument is a text.

    Args:
        most: Results of texts of ordinary length that are kept; of long ones, two.
    """

    def cached(function: Callable[P, R]) -> Callable[P, R]:
        # typeshed forgets the arguments of what is cached
        short = cast("Callable[P, R]", lru_cache(maxsize=most)(function))
        long = cast("Callable[P, R]", lru_cache(maxsize=_LONG_KEPT)(function))

        @wraps(function)
        def look_up(*args: P.args, **kwargs: P.kwargs) -> R:
            kept = long if len(str(args[-1])) > LONG else short
            return kept(*args, **kwargs)

        return look_up

    return cached
