"""Puts the question of one trial, in one way for every model.

Its one rule: no failure of a provider leaves here. It is an answer too, with its status.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harness.core.errors import ModelError, OverflowRefusedError
from harness.models.options import convert
from harness.models.reading import why_cut
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
    max_tokens: int | None = None
    """Tokens that the answer could have, as far as we said so."""
    answered_by: Source | None = None


async def ask(fork: Fork, model: Model, options: Mapping[str, object]) -> Answer:
    """Put the question, and say what came of it; no failure of a provider leaves here."""
    most = convert(options).get("max_tokens")
    answer = await _asked(fork, model, options)
    answer = replace(answer, max_tokens=most if isinstance(most, int) else None)
    reply = answer.reply
    if reply is None or answer.status != "ok":
        return answer
    if reply.cut is None and _ends_the_window(reply, fork):
        reply = replace(reply, cut="window")
    if reply.cut is None or reply.text.strip():
        return replace(answer, reply=reply)
    return replace(answer, reply=reply, status="cut", error=why_cut(reply))


def joined(first: Answer, second: Answer) -> Answer:
    """The second answer, with what both of them cost."""
    if first.reply is None or second.reply is None:
        return second
    costs = (first.reply.cost_usd, second.reply.cost_usd)
    cost_usd = None if None in costs else sum(cost or 0.0 for cost in costs)
    attempts = first.attempts + second.attempts
    reply = replace(second.reply, cost_usd=cost_usd, attempts=attempts)
    return replace(second, reply=reply, attempts=attempts)


def _ends_the_window(reply: Reply, fork: Fork) -> bool:
    """Whether prompt and answer fill the window to its end, so that no more could be said.

    Some servers say `stop` where they cut an answer there.
    """
    prompt, answer = reply.prompt_tokens, reply.completion_tokens
    if prompt is None or answer is None:
        return False
    limit = fork.trial.window.limit
    return prompt < limit <= prompt + answer + 1


async def _asked(fork: Fork, model: Model, options: Mapping[str, object]) -> Answer:
    """What the call came to, by what is known of it alone."""
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
