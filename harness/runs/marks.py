"""Marks for providers that cache a prompt only as far as they are told to (`cache_control`).

A mark is put where forks of one session part: at the end of the checkpoint, which its other probes
read, and at the end of the one before, which the first probe there has written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.models.catalog import marked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.session import Cut
    from harness.core.trial import Trial

_OPTION = "cache_control_injection_points"
"""litellm's name for it; it changes what a call costs, and never its answer."""

_QUESTION = 1
"""Messages after the checkpoint."""


def marks(trial: Trial, cuts: Sequence[Cut], sent: int) -> dict[str, object]:
    """The option that places the marks of one call; empty where none are needed.

    Writing to the cache costs more than not, so a session that nobody else will read has none.

    Args:
        trial: What is asked.
        cuts: The checkpoints of its session.
        sent: How many messages are sent, the question included.
    """
    if not marked(trial.model):
        return {}
    behind = []
    if sum(len(cut.ask) for cut in trial.blueprint.cuts[trial.cut :]) > 1:
        behind.append(_QUESTION)
    if trial.cut:
        behind.append(_QUESTION + cuts[trial.cut].messages - cuts[trial.cut - 1].messages)
    points = [
        {"location": "message", "index": -1 - distance} for distance in behind if distance < sent
    ]
    return {_OPTION: points} if points else {}
