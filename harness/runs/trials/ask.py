"""Puts the question of one trial, in one way for every model.

No failure of a provider leaves here: it is an answer too, with its status. Where a provider
caches a prompt only as far as it is told to (`cache_control`), marks are put where forks of one
session part: at the end of the checkpoint, which its other probes read, and at the end of the one
before, which the first probe there has written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.errors import ModelError, OverflowRefusedError
from harness.models.catalog import marked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.core.errors import AnsweredBy
    from harness.core.probe import Reply, Status
    from harness.core.protocols import Model
    from harness.core.session import Cut
    from harness.core.trial import Trial
    from harness.runs.trials.fork import Fork


@dataclass(frozen=True, slots=True, kw_only=True)
class CallResult:
    """What one call came to."""

    status: Status
    reply: Reply | None = None
    error: str | None = None
    attempts: int = 0
    answered_by: AnsweredBy | None = None


async def ask(fork: Fork, model: Model, options: Mapping[str, object]) -> CallResult:
    """Put the question, and say what came of it; no failure of a provider leaves here."""
    if fork.view.refused is not None:
        return CallResult(status="overflow", error=f"not sent: {fork.view.refused}")
    try:
        sent = fork.messages()
        marked = {**options, **cache_marks(fork.trial, fork.session.cuts, len(sent))}
        reply = await model.ask(sent, marked, repeat=fork.trial.repeat)
    except ModelError as error:
        over = isinstance(error, OverflowRefusedError)
        kept: Status = "refused" if error.kind == "content_filter" else "error"
        return CallResult(
            status="overflow" if over else kept,
            error=str(error) if over else f"{error.kind}: {error}",
            attempts=error.attempts,
            answered_by=None if kept == "error" and not over else error.answered_by,
        )
    return CallResult(
        status="refused" if reply.finish_reason == "content_filter" else "ok",
        reply=reply,
        attempts=reply.attempts,
        answered_by=reply.answered_by,
    )


_OPTION = "cache_control_injection_points"
"""litellm's name for it; it changes what a call costs, and never its answer."""

_QUESTION = 1
"""Messages after the checkpoint."""


def cache_marks(trial: Trial, cuts: Sequence[Cut], sent: int) -> dict[str, object]:
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
