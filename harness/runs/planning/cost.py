"""What a plan will cost, from its own token counts and the price list; unknown stays unknown.

Lengths are exact local counts (law 1); a provider may count differently, and the report says by how
much. Cached tokens are those that a fork shares with calls before it, in the order in which they
are sent (harness.runs.executors.send_order).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.window import History
from harness.models.catalog import cost, marked
from harness.models.usage import Usage
from harness.runs.planning.cost_of_preparing import preparations, shown_tokens
from harness.sessions.build import build, reminder_of
from harness.sessions.materials import Materials
from harness.sessions.policies import SendAll, policies, summarising

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from harness.core.session import Session
    from harness.core.study import Plan, SessionTrials
    from harness.models.catalog import Price
    from harness.sessions.materials import Workshop

    Prices = Callable[[str, int], Price | None]

ANSWER_TOKENS = 24
"""What an answer usually takes; most questions ask for a value only."""

THINKING_TOKENS = 600
"""What a model that reasons usually thinks about such a question, where nothing bounds it."""

_NO_CACHE = 1024
"""The shortest prompt that a provider caches, where the price list does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What one model under one window will take."""

    model: str
    window: int
    """Tokens."""
    sessions: int
    trials: int
    calls: int
    """Trials that are sent (a policy may refuse some), and the calls that come before them."""
    preparation_calls: int
    """Of these, at most: notes, summaries and live replies (`cost_of_preparing`)."""
    prompt_tokens: int
    """Local tokens of all prompts."""
    cached_tokens: int
    """Of these, what a provider's prefix cache can hold."""
    completion_tokens: int
    room_to_think: int | None
    """Tokens kept for each answer of a model that the catalogue says reasons; None for others."""
    cost_usd: float | None
    """With the cache where its price is known; None when the model has no price."""
    cost_uncached_usd: float | None


def estimates(plan: Plan, workshop: Workshop, price: Prices) -> list[Estimate]:
    """One estimate for each model and window, in the order of the plan.

    Args:
        plan: The plan.
        workshop: Shared tools.
        price: Looks a model up in the price list, for a prompt of so many tokens; None when it is
            not in it.
    """
    cells: dict[tuple[str, int], list[SessionTrials]] = {}
    for group in plan.groups:
        if group.trials:
            limit = group.trials[0].window.limit
            cells.setdefault((group.model, limit), []).append(group)
    return [
        _estimate(model, window, groups, workshop, price, plan.study.reserve)
        for (model, window), groups in cells.items()
    ]


def total_usd(rows: list[Estimate], *, cached: bool = True) -> float | None:
    """What all of it costs; None where a price is not known."""
    costs = [row.cost_usd if cached else row.cost_uncached_usd for row in rows]
    known = [amount for amount in costs if amount is not None]
    return sum(known) if len(known) == len(costs) else None


def _estimate(  # noqa: PLR0917 -- what a cell of the plan is made of
    model: str,
    window: int,
    groups: list[SessionTrials],
    workshop: Workshop,
    price: Prices,
    usual: int,
) -> Estimate:
    base = price(model, 0)
    least = _NO_CACHE if base is None else base.cache_from_tokens
    writes = marked(model)
    known: set[str] = set()
    prepared = [
        call
        for group in groups
        for call in preparations(group, Materials(group.scenario, group.seed, workshop), known)
    ]
    reserve = max(trial.window.reserve for group in groups for trial in group.trials)
    asked = [
        call
        for group in groups
        for call in _calls(group, workshop, least, writes=writes, thinks=reserve > usual)
    ]
    by_model = [(model, call) for call in asked] + prepared
    calls = [call for _, call in by_model]
    return Estimate(
        model=model,
        window=window,
        sessions=len(groups),
        trials=sum(len(group.trials) for group in groups),
        calls=len(calls),
        preparation_calls=len(prepared),
        prompt_tokens=sum(call.prompt_tokens or 0 for call in calls),
        cached_tokens=sum(call.cached_tokens or 0 for call in calls),
        completion_tokens=sum(call.completion_tokens or 0 for call in calls),
        room_to_think=reserve if reserve > usual else None,
        cost_usd=_sum(cost(price(name, call.prompt_tokens or 0), call) for name, call in by_model),
        cost_uncached_usd=_sum(
            cost(
                price(name, call.prompt_tokens or 0),
                Usage(prompt_tokens=call.prompt_tokens, completion_tokens=call.completion_tokens),
            )
            for name, call in by_model
        ),
    )


def _sum(costs: Iterator[float | None]) -> float | None:
    total = 0.0
    for amount in costs:
        if amount is None:
            return None
        total += amount
    return total


def _calls(
    group: SessionTrials, workshop: Workshop, least: int, *, writes: bool, thinks: bool
) -> Iterator[Usage]:
    """What each call will read on the meter; the first probe of a checkpoint goes before the rest.

    Args:
        group: A session and its trials.
        workshop: Shared tools.
        least: Tokens of the shortest prompt that is cached.
        writes: Whether writing to the cache is asked for, and charged.
        thinks: Whether the model thinks before it answers.
    """
    materials = Materials(group.scenario, group.seed, workshop)
    prompts = _Prompts(group, materials)
    again = len(group.trials) > 1
    held: _Prompt | None = None  # what the provider's cache holds of the session
    for trial in group.trials:
        sent = prompts.of(trial.cut, materials.question_tokens(trial.question_id))
        if sent is None:
            continue
        shared = 0 if held is None else sent.shares(held)
        written = writes and again and sent.session >= least
        yield Usage(
            prompt_tokens=sent.tokens,
            cached_tokens=shared if shared >= least else 0,
            written_tokens=sent.session - shared if written else 0,
            completion_tokens=ANSWER_TOKENS + (THINKING_TOKENS if thinks else 0),
        )
        held = sent


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prompt:
    """A prompt that is sent, in local tokens."""

    session: int
    """Of what is sent of the session."""
    question: int
    stretches: tuple[tuple[int, int], ...]
    """What is sent of the session: from how many of its tokens on, and how many of them."""

    @property
    def tokens(self) -> int:
        return self.session + self.question

    def shares(self, held: _Prompt) -> int:
        """Tokens of this prompt that begin a prompt of before, too."""
        shared = 0
        for (start, size), (from_, length) in zip(self.stretches, held.stretches, strict=False):
            if start != from_:
                break
            shared += min(size, length)
            if size != length:
                break
        return shared


class _Prompts:
    """The prompts of one session under its policy, by checkpoint and question.

    The policy is asked for its view, as it is when the session is sent; only where everything is
    sent the session need not be built for that. Summaries are taken to be as long as they may be.
    """

    def __init__(self, group: SessionTrials, materials: Materials) -> None:
        trial = group.trials[0]
        self._policy = policies.resolve(trial.policy)
        self._budget = trial.window.budget
        self._cuts = trial.blueprint.cuts
        self._session: Session | None = None
        if not isinstance(self._policy, SendAll):
            reminder = reminder_of(self._policy, materials)
            self._session = build(trial.blueprint, materials, reminder=reminder)

    def of(self, cut: int, question: int) -> _Prompt | None:
        """The prompt of a question at a checkpoint; None where the policy sends nothing."""
        if self._session is None:
            tokens = self._cuts[cut].tokens
            return _Prompt(session=tokens, question=question, stretches=((0, tokens),))
        summarises = summarising(self._policy)
        if summarises is not None:
            tokens = shown_tokens(summarises, self._session, self._budget)[
                self._session.cuts[cut].messages
            ]
            return _Prompt(session=tokens, question=question, stretches=((0, tokens),))
        history = History(
            messages=self._session.messages,
            offsets=self._session.offsets,
            stop=self._session.cuts[cut].messages,
            question_tokens=question,
        )
        view = self._policy.view(history, self._budget)
        if view.refused is not None:
            return None
        stretches = tuple(
            (history.offsets[span.start], history.tokens(span.start, span.stop))
            for span in view.spans
        )
        sent = sum(size for _, size in stretches)
        return _Prompt(session=sent, question=question, stretches=stretches)
