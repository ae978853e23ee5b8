"""Makes the record of one trial: what came of it, measured by the provider's own meter.

Its one rule: a reply is paid for. It is kept whatever a scorer does, and can be scored again.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from harness.core.arms import ARMS
from harness.core.printable import shown
from harness.core.record import Record
from harness.kinds.answers import guess
from harness.models.response import why_cut
from harness.runs.meter.amend import BY_MODEL
from harness.runs.trials.compaction_rounds import of_fork
from harness.runs.trials.plant_place import place_of
from harness.scoring import Judgement, score_and_attribute, scorers

if TYPE_CHECKING:
    from harness.core.probe import Reply
    from harness.core.protocols import Scorer
    from harness.core.scenario import SaidIn
    from harness.core.session import Plant
    from harness.core.spec import Spec
    from harness.core.trial import Trial
    from harness.runs.answer_room import AnswerRoom
    from harness.runs.meter.count_model import CountModel
    from harness.runs.trials.ask import CallResult
    from harness.runs.trials.fork import Fork

_PART = 0.6
"""A count below this share of what was expected is not of the whole prompt."""


_OF_A_REPLY = (
    "cached_tokens", "completion_tokens", "cost_usd", "reply", "latency_s", "finish_reason",
    "model_version", "cut", "thinking", "thinking_tokens", "provider_tokens", "written_tokens",
)  # fmt: skip
"""The fields of a record that only a reply can give."""

_THINKING_END = 2_000
"""Characters that are kept of either end of what was thought."""


@lru_cache(maxsize=256)
def _scorer(spec: Spec) -> Scorer:
    return scorers.resolve(spec)


def make_record(
    fork: Fork,
    answer: CallResult,
    counts: CountModel,
    *,
    room: AnswerRoom,
    run_id: str,
    started_at: str,
) -> Record:
    """The record of a trial while its run goes on: who dropped what is told from all of them.

    Args:
        fork: What was asked of what.
        answer: What came of it.
        counts: How this provider counts.
        room: How much room the answer had.
        run_id: The run.
        started_at: UTC, ISO 8601.
    """
    trial, reply = fork.trial, answer.reply
    judgement, broken = _judged(fork, answer)
    if broken is not None:
        answer = replace(answer, status="error", error=broken)
    elif _cut_short(answer, judgement) and reply is not None:
        limit = trial.window.limit
        why = why_cut(reply, fixed=room.is_fixed, given=answer.max_tokens, limit=limit)
        answer = replace(answer, status="cut", error=why)
    latest = fork.own[-1] if fork.own else None
    here = latest is not None and latest.message >= 0
    return Record(
        key=trial.key,
        run_id=run_id,
        fill_requested=fork.cut.fill_requested,
        fill=_fill(fork, reply, counts),
        position_requested=latest.position_requested if latest else None,
        position=_position(latest, fork.cut.tokens) if latest and here else None,
        gap_tokens=fork.cut.tokens - latest.offset_tokens - latest.tokens if latest else None,
        session_tokens=fork.cut.tokens,
        view_tokens=fork.view_tokens,
        prompt_tokens=_prompt_tokens(fork, reply),
        usage_source=_source(reply),
        score=judgement.score,
        outcome=judgement.outcome,
        status=answer.status,
        error=answer.error,
        in_view=fork.in_view,
        server_truncated=None,
        session_number=fork.session.number,
        attempts=answer.attempts,
        started_at=started_at,
        why=judgement.why or None,
        trunk=fork.session.trunk,
        view=tuple((span.start, span.stop) for span in fork.view.spans),
        planted=tuple(plant.value.text for plant in fork.said),
        batch=trial.batch,
        batch_why=trial.batch_why,
        plant_messages=tuple(_where(fork, plant) for plant in fork.own),
        cut_messages=fork.cut.messages,
        answered_by=answer.answered_by,
        said_in=_said_in(fork, latest) if latest and here else None,
        planted_session=latest.session_number if latest else None,
        max_tokens=answer.max_tokens,
        provisional=True,
        exact_tokens=answer.exact_tokens,
        kind_tokens=fork.kind_tokens,
        opaque=fork.is_sealed,
        plant_behind=tuple(_behind(fork, plant) for plant in fork.own),
        miss=judgement.outcome if judgement.outcome in BY_MODEL else judgement.miss,
        **of_trial(trial),
        **_asked(fork),
        **_replied(reply),
        **_crossed(fork, judgement.score),
        **_prepared(fork),
        **(of_fork(fork, judgement.score) if ARMS[trial.arm].told else {}),
    )


def _cut_short(answer: CallResult, judgement: Judgement) -> bool:
    """Whether the reply was cut before it held its answer."""
    cut = judgement.score is None and judgement.outcome == "output_truncated"
    return answer.status == "cut" or (answer.status == "ok" and cut)


def _middle_out(text: str) -> str:
    """The text; of a long one its two ends."""
    if len(text) <= 2 * _THINKING_END:
        return text
    left = len(text) - 2 * _THINKING_END
    return f"{text[:_THINKING_END]} [... {left:,} characters ...] {text[-_THINKING_END:]}"


def _asked(fork: Fork) -> dict[str, Any]:
    """The fields of a record that say what was asked."""
    trial, probe = fork.trial, fork.probe
    question = fork.materials.scenario.question(trial.question_id)
    return {
        "question_id": trial.question_id,
        "fact": question.subject,
        "probe": f"{trial.question_id}@{trial.blueprint.stream}:{trial.cut}",
        "probe_kind": trial.kind,
        "counts": trial.counts,
        "guess": guess(question),
        "question": probe.question,
        "expected": tuple(value.text for value in probe.expected),
    }


def _replied(reply: Reply | None) -> dict[str, Any]:
    """The fields of a record that say what came back; all None where nothing did."""
    if reply is None:
        return dict.fromkeys(_OF_A_REPLY)
    return {
        "cached_tokens": reply.cached_tokens,
        "completion_tokens": reply.completion_tokens,
        "cost_usd": reply.cost_usd,
        "reply": reply.text,
        "latency_s": None if reply.latency_s is None else round(reply.latency_s, 6),
        "finish_reason": reply.finish_reason,
        "model_version": reply.version,
        "cut": reply.cut,
        "thinking": _middle_out(reply.thinking) or None,
        "thinking_tokens": reply.thinking_tokens,
        "provider_tokens": reply.prompt_tokens,
        "written_tokens": reply.written_tokens,
    }


def of_trial(trial: Trial) -> dict[str, Any]:
    """The fields of a record that say of which trial it is, or of which its rule was checked."""
    return {
        "scenario": trial.scenario,
        "session": trial.session,
        "seed": trial.seed,
        "repeat": trial.repeat,
        "arm": trial.arm,
        "model": trial.model,
        "window_limit": trial.window.limit,
        "policy": trial.policy,
        "memory": trial.memory,
        "layout": trial.layout,
        "variant": trial.variant,
        "replies": trial.replies,
        "sample": trial.sample,
    }


def _where(fork: Fork, plant: Plant) -> int:
    """The message that says a plant, or carries it over from an earlier session; -1 for none."""
    place = fork.place(plant) if plant.message < 0 else plant.message
    return -1 if place is None else place


def _crossed(fork: Fork, score: float | None) -> dict[str, Any]:
    """The fields of a record about a fact that an earlier session said."""
    crossing = fork.crossing
    if crossing is None:
        return {}
    told = ARMS[fork.trial.arm].told
    return {
        "written": crossing.written,
        "injected": crossing.injected,
        "lost_at": crossing.lost_at(score) if told else None,
    }


def _prepared(fork: Fork) -> dict[str, Any]:
    """The fields of a record about what was done before the question was put."""
    conversation = fork.conversation
    if conversation is None:
        return {}
    compactions = conversation.compactions(fork.trial.cut)
    spent = conversation.spent
    return {
        "memory_tokens": conversation.carried.memory_tokens,
        "memory_how": conversation.carried.how,
        "memory_write_s": _seconds(conversation.carried.write_s),
        "memory_read_s": _seconds(conversation.carried.read_s),
        "store": conversation.carried.store,
        "own_store": conversation.carried.own_store,
        "compactions": len(compactions),
        "compacted_from": compactions[-1].before_tokens if compactions else None,
        "compacted_to": compactions[-1].after_tokens if compactions else None,
        "preparation_calls": spent.calls,
        "preparation_prompt_tokens": spent.prompt_tokens,
        "preparation_completion_tokens": spent.completion_tokens,
        "preparation_cost_usd": spent.cost_usd,
    }


def _said_in(fork: Fork, plant: Plant) -> SaidIn | None:
    return place_of(fork.session.messages[plant.message], plant.value.text)


def _seconds(took: float | None) -> float | None:
    return None if took is None else round(took, 6)


_LONGEST_REASON = 300


def _judged(fork: Fork, answer: CallResult) -> tuple[Judgement, str | None]:
    """What the reply is worth; or why its scorer could not say so.

    A reply is paid for: it is kept whatever a scorer does, ours or a user's, and can be scored
    again.
    """
    trial = fork.trial
    spec = fork.materials.scenario.question(trial.question_id).score
    try:
        found = score_and_attribute(
            fork.probe,
            answer.reply,
            scorer=_scorer(spec),
            status=answer.status,
            in_view=fork.in_view,
            fact_truncated=None,
            told=ARMS[trial.arm].told,
            lost_in_memory=fork.crossing is not None and not fork.crossing.injected,
            sealed=fork.is_sealed,
        )
    except Exception as error:  # noqa: BLE001 -- one reply never ends a run
        why = shown(f"scorer: {spec} failed: {type(error).__name__}: {error}", _LONGEST_REASON)
        return Judgement(score=None, outcome=None, why=""), why
    return found, None


def _prompt_tokens(fork: Fork, reply: Reply | None) -> int | None:
    if reply is None:
        return None
    return fork.view_tokens if reply.whole_tokens is None else reply.whole_tokens


def _source(reply: Reply | None) -> str | None:
    """What the prompt tokens rest on, as far as this call tells."""
    if reply is None:
        return None
    if reply.prompt_tokens is None:
        return "local"
    return "provider" if reply.whole_tokens == reply.prompt_tokens else "provider+cached"


def _behind(fork: Fork, plant: Plant) -> int:
    """Local tokens from the message that says a plant to the end of the prompt; -1 for none."""
    return -1 if fork.place(plant) is None else fork.behind(plant)


def _fill(fork: Fork, reply: Reply | None, counts: CountModel) -> float:
    """The session over the window, by the provider's meter.

    Where the view is whole, and was counted whole as far as one call tells, this is the provider's
    own count. Otherwise the session is longer than what was counted, and it is what the provider
    would count of it.
    """
    limit = fork.trial.window.limit
    session = counts.of_one(fork.session_messages, fork.session_kinds)
    counted = reply.whole_tokens if reply is not None else None
    whole = fork.view_tokens == fork.session_tokens
    if whole and counted is not None and counted >= _PART * session:
        return round(counted / limit, 6)
    return round(session / limit, 6)


def _position(plant: Plant, session_tokens: int) -> float:
    """0 when the plant is the first thing in the session, 1 when it is the last."""
    last = session_tokens - plant.tokens
    return round(min(plant.offset_tokens / last, 1.0), 6) if last > 0 else 0.0
