"""Puts the question of one trial, in one way for every model.

No failure of a provider leaves here: it is an answer too, with its status. Where a provider
caches a prompt only as far as it is told to (`cache_control`), marks are put where forks of one
session part: at the end of the checkpoint, which its other probes read, and at the end of the one
before, which the first probe there has written.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harness.core.errors import ModelError, OverflowRefusedError
from harness.models.catalog import marked
from harness.models.exact_counts import NoCountError
from harness.models.response import why_cut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.errors import AnsweredBy
    from harness.core.probe import Reply, Status
    from harness.core.protocols import Model
    from harness.core.session import Cut
    from harness.core.trial import Trial
    from harness.models.call_options import CallOptions
    from harness.models.exact_counts import ExactCounter
    from harness.runs.meter.count_model import CountModel
    from harness.runs.trials.fork import Fork

_AS_EXPECTED = 0.98
"""A count of at least this share of what was expected is of the whole prompt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallResult:
    """What one call came to."""

    status: Status
    reply: Reply | None = None
    error: str | None = None
    attempts: int = 0
    max_tokens: int | None = None
    """Tokens that the answer could have, as far as we said so."""
    answered_by: AnsweredBy | None = None
    exact_tokens: int | None = None
    """The server's own count of the prompt, where it was asked for it."""


async def ask(
    fork: Fork,
    model: Model,
    options: CallOptions,
    counts: CountModel,
    counter: ExactCounter | None = None,
) -> CallResult:
    """Put the question, and say what came of it; no failure of a provider leaves here.

    Args:
        fork: What is asked of what.
        model: Who is asked.
        options: Parameters of the call.
        counts: How the provider counts.
        counter: Counts prompts exactly, where the server does that: all of them on a server of
            one's own, else those whose usage is missing or short of what was expected.
    """
    most = options.get("max_tokens")
    answer = await _asked(fork, model, options)
    answer = replace(answer, max_tokens=most if isinstance(most, int) else None)
    reply = answer.reply
    if reply is not None:
        answer = replace(answer, exact_tokens=await _exact(fork, reply, counts, counter))
    if reply is None or answer.status != "ok":
        return answer
    if reply.cut is None and _ends_the_window(reply, fork):
        reply = replace(reply, cut="window")
    if reply.cut is None or reply.text.strip():
        return replace(answer, reply=reply)
    return replace(answer, reply=reply, status="cut", error=why_cut(reply))


def joined(first: CallResult, second: CallResult) -> CallResult:
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
    prompt, answer = reply.whole_tokens, reply.completion_tokens
    if prompt is None or answer is None:
        return False
    limit = fork.trial.window.limit
    return prompt < limit <= prompt + answer + 1


async def _asked(fork: Fork, model: Model, options: CallOptions) -> CallResult:
    """What the call came to, by what is known of it alone."""
    if fork.view.refused is not None:
        return CallResult(status="overflow", error=f"not sent: {fork.view.refused}")
    try:
        sent = fork.messages()
        marked = (
            options | fork.policy_options | cache_marks(fork.trial, fork.session.cuts, len(sent))
        )
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


async def _exact(
    fork: Fork,
    reply: Reply,
    counts: CountModel,
    counter: ExactCounter | None,
) -> int | None:
    """The server's own count of a prompt; None where its usage alone will do."""
    if counter is None:
        return None
    counted, sent = reply.whole_tokens, fork.messages()
    if not counter.every_prompt and counted is not None:
        expected = counts.of_one(len(sent), fork.kind_tokens)
        if counted >= _AS_EXPECTED * expected:
            return None
    try:
        return await counter.count(sent)
    except NoCountError:
        return None


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
