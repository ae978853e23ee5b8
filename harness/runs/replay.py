"""Replays one trial: session, view, question, reply, score, record. One way for every model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from harness.core.errors import ModelError, OverflowRefusedError
from harness.core.messages import Message
from harness.core.record import Record
from harness.core.window import History
from harness.runs.growth import shown_view
from harness.runs.marks import marks
from harness.scoring import Judgement, judge, scorers
from harness.scoring.holds import holds
from harness.sessions.policies import policies

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.core.memory import LostAt
    from harness.core.probe import Probe, Reply, Source, Status
    from harness.core.protocols import Model, Policy, Scorer
    from harness.core.session import Cut, Plant, Session
    from harness.core.spec import Spec
    from harness.core.trial import Trial
    from harness.core.window import View
    from harness.runs.conversation import Conversation
    from harness.runs.meter import Meter
    from harness.sessions.materials import Materials


@lru_cache(maxsize=64)
def _policy(spec: str) -> Policy:
    return policies.resolve(spec)


@lru_cache(maxsize=256)
def _scorer(spec: Spec) -> Scorer:
    return scorers.resolve(spec)


@dataclass(frozen=True)
class Fork:
    """A session at one checkpoint with one question put to it: what is sent, and what is known."""

    trial: Trial
    session: Session
    materials: Materials
    conversation: Conversation | None = None
    """What was done to make the session ready; None for one that is as it was built."""

    @cached_property
    def cut(self) -> Cut:
        """The checkpoint."""
        return self.session.cuts[self.trial.cut]

    @cached_property
    def said(self) -> tuple[Plant, ...]:
        """The ledger of the session up to the checkpoint."""
        return tuple(p for p in self.session.plants if p.message < self.cut.messages)

    @cached_property
    def own(self) -> tuple[Plant, ...]:
        """The plants that a right answer needs: the latest one, all of a set, or all that tell."""
        own = tuple(plant for plant in self.said if plant.fact == self.trial.fact)
        told = self.materials.scenario.fact(self.trial.fact).told
        return own if told or self.trial.kind == "set" else own[-1:]

    @cached_property
    def probe(self) -> Probe:
        """The question, and all that is needed to judge the answer."""
        return self.materials.probe(self.trial.fact, self.said)

    @cached_property
    def question_tokens(self) -> int:
        """What the question adds to the prompt."""
        return self.materials.question_tokens(self.trial.fact)

    @cached_property
    def view(self) -> View:
        """What the application's policy lets through."""
        policy, budget = _policy(self.trial.policy), self.trial.window.budget
        if self.conversation is not None and self.conversation.grown.checkpoints:
            shown = self.conversation.grown.checkpoints[self.trial.cut].shown
            return shown_view(policy, self.session, shown, self.question_tokens, budget)
        history = History(
            messages=self.session.messages,
            offsets=self.session.offsets,
            stop=self.cut.messages,
            question_tokens=self.question_tokens,
        )
        return policy.view(history, budget)

    @cached_property
    def view_tokens(self) -> int:
        """Local tokens of the prompt that is sent; 0 when nothing is."""
        if self.view.refused is not None:
            return 0
        offsets = self.session.offsets
        kept = sum(offsets[span.stop] - offsets[span.start] for span in self.view.spans)
        return kept + self.question_tokens

    @property
    def session_tokens(self) -> int:
        """Local tokens of the whole prompt as it would be without a policy."""
        return self.cut.tokens + self.question_tokens

    @property
    def in_view(self) -> bool | None:
        """Whether every plant that the answer needs is sent; None when there is none."""
        if not self.own:
            return None
        return all(self.place(plant) is not None for plant in self.own)

    def place(self, plant: Plant) -> int | None:
        """Index of the message sent that says the plant, or says it again; None when none does."""
        if plant.message >= 0 and self.view.holds(plant.message):
            return plant.message
        if self.conversation is None:
            return None
        return next(
            (
                index
                for index in self.conversation.grown.restated
                if self.view.holds(index) and self._in(self.session.messages[index].content, plant)
            ),
            None,
        )

    def _in(self, text: str, plant: Plant) -> bool:
        return holds(text, plant.value, self.probe.question)

    @cached_property
    def crossing(self) -> Crossing | None:
        """How far the fact came that an earlier session said; None for other facts."""
        across = [plant for plant in self.own if plant.message < 0]
        if not across:
            return None
        carried = self.conversation.carried if self.conversation is not None else None
        stored = "\n".join(carried.notes) if carried else ""
        given = carried.injected if carried else ""
        return Crossing(
            written=all(self._in(stored, plant) for plant in across),
            injected=all(self._in(given, plant) for plant in across),
        )

    def messages(self) -> list[Message]:
        """Exactly what is sent."""
        kept = [
            message
            for span in self.view.spans
            for message in self.session.messages[span.start : span.stop]
        ]
        return [*kept, Message("user", self.probe.question)]

    def behind(self, plant: Plant) -> int:
        """Local tokens of the view from the start of a plant's message to the end."""
        offsets = self.session.offsets
        place = self.place(plant)
        at = plant.message if place is None else place
        return self.question_tokens + sum(
            offsets[span.stop] - max(offsets[span.start], offsets[at])
            for span in self.view.spans
            if span.stop > at >= 0
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """How far a fact came over a session boundary."""

    written: bool
    injected: bool

    def lost_at(self, score: float | None) -> LostAt | None:
        """Where it was lost; None when it was not, or when that was not measured."""
        if score is None or score >= 1.0:
            return None
        return "used" if self.injected else "injected" if self.written else "written"


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


def record(fork: Fork, answer: Answer, meter: Meter, *, run_id: str, started_at: str) -> Record:
    """The record of a trial.

    Args:
        fork: What was asked of what.
        answer: What came of it.
        meter: How this provider counts.
        run_id: The run.
        started_at: UTC, ISO 8601.
    """
    trial, reply = fork.trial, answer.reply
    truncated = _truncated(fork, reply, meter)
    judgement, broken = _judged(
        fork, answer, _fact_lost(fork, reply, meter) if truncated else truncated
    )
    if broken is not None:
        answer = replace(answer, status="error", error=broken)
    latest = fork.own[-1] if fork.own else None
    here = latest is not None and latest.message >= 0
    return Record(
        key=trial.key,
        run_id=run_id,
        scenario=trial.scenario,
        session=trial.session,
        seed=trial.seed,
        repeat=trial.repeat,
        arm=trial.arm,
        model=trial.model,
        window_limit=trial.window.limit,
        policy=trial.policy,
        memory=trial.memory,
        layout=trial.layout,
        fill_requested=fork.cut.fill_requested,
        fill=_fill(fork, reply, meter, truncated=truncated),
        position_requested=latest.position_requested if latest else None,
        position=_position(latest, fork.cut.tokens) if latest and here else None,
        gap_tokens=fork.cut.tokens - latest.offset_tokens - latest.tokens if latest else None,
        session_tokens=fork.cut.tokens,
        view_tokens=fork.view_tokens,
        prompt_tokens=_prompt_tokens(fork, reply),
        cached_tokens=reply.cached_tokens if reply else None,
        completion_tokens=reply.completion_tokens if reply else None,
        usage_source=None
        if reply is None
        else "local"
        if reply.prompt_tokens is None
        else "provider",
        cost_usd=reply.cost_usd if reply else None,
        fact=trial.fact,
        probe=f"{trial.fact}@{trial.blueprint.stream}:{trial.cut}",
        probe_kind=trial.kind,
        question=fork.probe.question,
        expected=tuple(value.text for value in fork.probe.expected),
        reply=reply.text if reply else None,
        score=judgement.score,
        outcome=judgement.outcome,
        status=answer.status,
        error=answer.error,
        in_view=fork.in_view,
        server_truncated=truncated,
        session_number=fork.session.number,
        latency_s=round(reply.latency_s, 6) if reply and reply.latency_s is not None else None,
        attempts=answer.attempts,
        started_at=started_at,
        finish_reason=reply.finish_reason if reply else None,
        why=judgement.why or None,
        trunk=fork.session.trunk,
        view=tuple((span.start, span.stop) for span in fork.view.spans),
        planted=tuple(plant.value.text for plant in fork.said),
        batch=trial.batch,
        batch_why=trial.batch_why,
        plant_messages=tuple(_where(fork, plant) for plant in fork.own),
        cut_messages=fork.cut.messages,
        variant=trial.variant,
        model_version=reply.version if reply else None,
        answered_by=answer.answered_by,
        planted_session=latest.session_number if latest else None,
        replies=trial.replies,
        **_crossed(fork, judgement.score),
        **_prepared(fork),
    )


def _where(fork: Fork, plant: Plant) -> int:
    """The message that says a plant, or carries it over from an earlier session; -1 for none."""
    place = fork.place(plant) if plant.message < 0 else plant.message
    return -1 if place is None else place


def _crossed(fork: Fork, score: float | None) -> dict[str, Any]:
    """The fields of a record about a fact that an earlier session said."""
    crossing = fork.crossing
    if crossing is None:
        return {}
    untold = expects_abstention(fork.trial)
    return {
        "written": crossing.written,
        "injected": crossing.injected,
        "lost_at": None if untold else crossing.lost_at(score),
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
        "store": conversation.carried.store,
        "compactions": len(compactions),
        "compacted_from": compactions[-1].before_tokens if compactions else None,
        "compacted_to": compactions[-1].after_tokens if compactions else None,
        "preparation_calls": spent.calls,
        "preparation_prompt_tokens": spent.prompt_tokens,
        "preparation_completion_tokens": spent.completion_tokens,
        "preparation_cost_usd": spent.cost_usd,
    }


def expects_abstention(trial: Trial) -> bool:
    """Whether the right answer is that it was never said."""
    return trial.kind == "abstain" or trial.arm in UNTOLD


UNTOLD = frozenset({"closed_book", "fact_removed", "nothing_carried"})
"""Control arms in which the model was told nothing of the fact that is asked."""


def _judged(
    fork: Fork, answer: Answer, fact_truncated: bool | None
) -> tuple[Judgement, str | None]:
    """What the reply is worth; or why a user's own scorer could not say so.

    A reply is paid for: it is kept whatever a scorer does, and can be scored again.
    """
    trial = fork.trial
    spec = fork.materials.scenario.fact(trial.fact).score
    try:
        found = judge(
            fork.probe,
            answer.reply,
            scorer=_scorer(spec),
            status=answer.status,
            in_view=fork.in_view,
            fact_truncated=fact_truncated,
            expects_abstention=expects_abstention(trial),
            lost_in_memory=fork.crossing is not None and not fork.crossing.injected,
        )
    except Exception as error:
        if ":" not in spec.name:  # one of ours: a bug to be seen
            raise
        why = f"scorer: {spec} failed: {type(error).__name__}: {error}"
        return Judgement(score=None, outcome=None, why=""), why
    return found, None


def _prompt_tokens(fork: Fork, reply: Reply | None) -> int | None:
    if reply is None:
        return None
    return fork.view_tokens if reply.prompt_tokens is None else reply.prompt_tokens


def _truncated(fork: Fork, reply: Reply | None, meter: Meter) -> bool | None:
    return None if reply is None else meter.truncated(fork.view_tokens, reply.prompt_tokens)


def _fact_lost(fork: Fork, reply: Reply | None, meter: Meter) -> bool:
    """Whether a plant lies in the part that the server dropped: all but its newest tokens."""
    if reply is None or reply.prompt_tokens is None:
        return False
    kept = meter.local(reply.prompt_tokens)
    return any(fork.behind(plant) > kept for plant in fork.own)


def _fill(fork: Fork, reply: Reply | None, meter: Meter, *, truncated: bool | None) -> float:
    """The session over the window, by the provider's meter.

    Where the view is whole and was read whole this is the provider's own count. Otherwise the
    session is longer than what was counted, and the local length is corrected by the meter.
    """
    limit = fork.trial.window.limit
    whole = fork.view_tokens == fork.session_tokens
    if whole and not truncated and reply is not None and reply.prompt_tokens is not None:
        return round(reply.prompt_tokens / limit, 6)
    return round(meter.predict(fork.session_tokens) / limit, 6)


def _position(plant: Plant, session_tokens: int) -> float:
    """0 when the plant is the first thing in the session, 1 when it is the last."""
    last = session_tokens - plant.tokens
    return round(min(plant.offset_tokens / last, 1.0), 6) if last > 0 else 0.0
