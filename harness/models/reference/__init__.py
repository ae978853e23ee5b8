"""Reference models: readers whose forgetting is known, to calibrate the instrument with.

`laws.resolve("fading?onset=0.6")` is the law of that name; `names()` lists them. They are asked
under the names of models, as `reference/fading?onset=0.6`.
"""

from __future__ import annotations

from harness.models.reference import (  # registers the laws
    compactor,
    drifting,
    forgetting,
    judging,
    skilled,
    swap,
    window,
)
from harness.models.reference.base import DEFAULT_LIMIT, Answer, Law, laws
from harness.models.reference.reader import DONT_KNOW

__all__ = [
    "DEFAULT_LIMIT",
    "DONT_KNOW",
    "Answer",
    "Law",
    "compactor",
    "drifting",
    "forgetting",
    "judging",
    "laws",
    "skilled",
    "swap",
    "window",
]
