"""What a plan will cost, from its own token counts and the price list; unknown stays unknown.

Lengths are exact local counts (law 1); a provider may count differently, and the report says by how
much. Cached tokens are those that a fork shares with calls before it, in the order in which they
are sent (harness.runs.executors.send_order).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.arms import STAGES
from harness.core.window import History
from harness.models.catalog import cost, marked
from harness.models.usage import Usage
from harness.runs.planning.compacted_lengths import compacted_lengths
from harness.runs.planning.cost_of_preparing import preparations
from harness.sessions.build import build, reminder_of
from harness.sessions.policies import SendAll, policies

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from harness.core.session import Session
    from harness.core.study import SessionTrials, Study
    from harness.models.catalog import Price
    from harness.runs.planning.compacted_lengths import CompactedLengths
    from harness.runs.planning.plan import StudyPlan
    from harness.sessions.materials import Materials

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


def estimates(plan: StudyPlan, price: Prices) -> list[Estimate]:
    """One estimate for each model and window, in the order of the plan.

    Args:
        plan: The plan.
        price: Looks a model up in the price list, for a prompt of so many tokens; None when it is
            not in it.
    """
    sums = CostSums(plan.study, price)
    for _, materials, group in plan.groups.seed_by_seed():
        sums.add(materials, group)
    return sums.estimates()


def total_usd(rows: list[Estimate], *, cached: bool = True) -> float | None:
    """What all of it costs; None where a price is not known."""
    costs = [row.cost_usd if cached else row.cost_uncached_usd for row in rows]
    known = [amount for amount in costs if amount is not None]
    return sum(known) if len(known) == len(costs) else None


class CostSums:
    """Sums up what a plan will cost while its sessions pass by, seed by seed.

    Args:
        study: What is planned.
        price: Looks a model up in the price list, as `estimates` takes it.
    """

    def __init__(self, study: Study, price: Prices) -> None:
        self._models = study.models
        self._usual = study.reserve
        self._price = price
        self._sessions = 0
        self._cells: dict[tuple[str, int], _Cell] = {}
        self._seed: Materials | None = None
        self._chains: dict[tuple[str, int], set[str]] = {}

    def add(self, materials: Materials, group: SessionTrials) -> None:
        """Take a session into account.

        Args:
            materials: Its scenario and seed; those of one seed come one after the other.
            group: The session and its trials.
        """
        if not group.trials:
            return
        if materials is not self._seed:  # first sessions of chains are shared within a seed only
            self._seed, self._chains = materials, {}
        at = (group.model, group.trials[0].window.limit)
        if at not in self._cells:
            self._cells[at] = _Cell(self._price, group.model)
        reserve = max(trial.window.reserve for trial in group.trials)
        cell, known = self._cells[at], self._chains.setdefault(at, set())
        self._sessions += 1
        cell.count(group, reserve, place=(STAGES.index(group.stage), self._sessions))
        for writer, call in preparations(group, materials, known):
            cell.add(writer, call, prepares=True)
        for call in _calls(
            group,
            materials,
            cell.least_cached,
            writes=cell.writes,
            thinks=reserve > self._usual,
        ):
            cell.add(group.model, call)

    def estimates(self) -> list[Estimate]:
        """One estimate for each model and window, in the order of the plan."""
        order = sorted(
            self._cells, key=lambda at: (self._models.index(at[0]), self._cells[at].place)
        )
        return [self._cells[at].estimate(at[0], at[1], self._usual) for at in order]


class _Cell:
    """The sums of one model under one window."""

    def __init__(self, price: Prices, model: str) -> None:
        self._price = price
        base = price(model, 0)
        self.least_cached = _NO_CACHE if base is None else base.cache_from_tokens
        self.writes = marked(model)
        self.place = (len(STAGES), 0)
        """Where its first session stands in the plan."""
        self._reserve = 0
        self._sessions = self._trials = self._calls = self._prepared = 0
        self._prompt = self._cached = self._completion = 0
        self._usd: float | None = 0.0
        self._uncached_usd: float | None = 0.0

    def count(self, group: SessionTrials, reserve: int, place: tuple[int, int]) -> None:
        self._sessions += 1
        self._trials += len(group.trials)
        self._reserve = max(self._reserve, reserve)
        self.place = min(self.place, place)

    def add(self, model: str, call: Usage, *, prepares: bool = False) -> None:
        """A call to a model."""
        self._calls += 1
        self._prepared += prepares
        self._prompt += call.prompt_tokens or 0
        self._cached += call.cached_tokens or 0
        self._completion += call.completion_tokens or 0
        price = self._price(model, call.prompt_tokens or 0)
        alone = Usage(prompt_tokens=call.prompt_tokens, completion_tokens=call.completion_tokens)
        self._usd = _more(self._usd, cost(price, call))
        self._uncached_usd = _more(self._uncached_usd, cost(price, alone))

    def estimate(self, model: str, window: int, usual: int) -> Estimate:
        return Estimate(
            model=model,
            window=window,
            sessions=self._sessions,
            trials=self._trials,
            calls=self._calls,
            preparation_calls=self._prepared,
            prompt_tokens=self._prompt,
            cached_tokens=self._cached,
            completion_tokens=self._completion,
            room_to_think=self._reserve if self._reserve > usual else None,
            cost_usd=self._usd,
            cost_uncached_usd=self._uncached_usd,
        )


def _more(total: float | None, amount: float | None) -> float | None:
    """A sum, which is not known where a part of it is not."""
    return None if total is None or amount is None else total + amount


def _calls(
    group: SessionTrials, materials: Materials, least: int, *, writes: bool, thinks: bool
) -> Iterator[Usage]:
    """What each call will read on the meter; the first probe of a checkpoint goes before the rest.

    Args:
        group: A session and its trials.
        materials: Its scenario and seed.
        least: Tokens of the shortest prompt that is cached.
        writes: Whether writing to the cache is asked for, and charged.
        thinks: Whether the model thinks before it answers.
    """
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
    sent the session need not be built for that. What a compaction leaves is taken to be as long as
    it may be.
    """

    def __init__(self, group: SessionTrials, materials: Materials) -> None:
        trial = group.trials[0]
        self._policy = policies.resolve(trial.policy)
        self._budget = trial.window.budget
        self._cuts = trial.blueprint.cuts
        self._session: Session | None = None
        self._compacted: CompactedLengths | None = None
        if not isinstance(self._policy, SendAll):
            reminder = reminder_of(self._policy, materials)
            self._session = build(trial.blueprint, materials, reminder=reminder)
            self._compacted = compacted_lengths(
                self._policy, self._session, self._budget, model=group.model
            )

    def of(self, cut: int, question: int) -> _Prompt | None:
        """The prompt of a question at a checkpoint; None where the policy sends nothing."""
        if self._session is None:
            tokens = self._cuts[cut].tokens
            return _Prompt(session=tokens, question=question, stretches=((0, tokens),))
        if self._compacted is not None:
            tokens = self._compacted.shown[self._session.cuts[cut].messages]
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
