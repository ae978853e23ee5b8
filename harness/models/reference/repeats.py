"""Which of several answers to one prompt a reference model is asked for.

Laws give the same answer to the same prompt. One whose answers are to differ as those of a model
do that samples, reads here which answer this is.
"""

from __future__ import annotations

from contextvars import ContextVar

_REPEAT: ContextVar[int] = ContextVar("repeat", default=0)


def repeat_of_this_call() -> int:
    """The number of the answer that is asked for, from 0."""
    return _REPEAT.get()


def asked_for(repeat: int) -> None:
    """Note it for the calls that this task makes from now on."""
    _REPEAT.set(repeat)
