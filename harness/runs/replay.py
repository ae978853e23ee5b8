"""Puts the question of one trial, in one way for every model.

Its one rule: no failure of a provider leaves here. It is an answer too, with its status.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.errors import ModelError, OverflowRefusedError
from harness.runs.marks import marks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.core.probe import Reply, Source, Status
    from harness.core.protocols import Model
    from harness.runs.fork import Fork


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one call came to."""

    status: Status
    reply: Reply | None = None
    error: str | None = None
    attempts: int = 0
    answered_by: Source | None = None


async def ask(fork: Fork, model: Model, options: Mapping[str, object]) -> Answer:
    """Put the question, and say what came of it; no failure of a provider leaves here."""
    if fork.view.refused is not None:
        return Answer(status="overflow", error=f"not sent: {fork.view.refused}")
    try:
        sent = fork.messages()
        marked = {**options, **marks(fork.trial, fork.session.cuts, len(sent))}
        reply = await model.ask(sent, marked, repeat=fork.trial.repeat)
    except ModelError as error:
        over = isinstance(error, OverflowRefusedError)
        kept: Status = "refused" if error.kind == "content_filter" else "error"
        return Answer(
            status="overflow" if over else kept,
            error=str(error) if over else f"{error.kind}: {error}",
            attempts=error.attempts,
            answered_by=None if kept == "error" and not over else error.answered_by,
        )
    return Answer(
        status="refused" if reply.finish_reason == "content_filter" else "ok",
        reply=reply,
        attempts=reply.attempts,
        answered_by=reply.answered_by,
    )
