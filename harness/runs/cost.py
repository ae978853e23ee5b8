"""What a plan will cost, from its own token counts and the price list; unknown stays unknown.

Lengths are exact local counts (law 1); a provider may count differently, and the report says by how
much. Cached tokens are those that a fork shares with the call before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.spec import Spec
from harness.sessions.materials import Materials

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Protocol

    from harness.core.study import Group, Plan
    from harness.sessions.materials import Workshop

    class Prices(Protocol):
        """Dollars a token; see harness.models.prices."""

        @property
        def input_per_token(self) -> float: ...  # noqa: D102

        @property
        def cached_input_per_token(self) -> float | None: ...  # noqa: D102

        @property
        def output_per_token(self) -> float: ...  # noqa: D102


ANSWER_TOKENS = 24
"""What an answer usually takes; most questions ask for a value only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What one model under one window will take."""

    model: str
    window: int
    """Tokens."""
    sessions: int
    trials: int
    calls: int
    """Trials that are sent; a policy may refuse some."""
    prompt_tokens: int
    """Local tokens of all prompts."""
    cached_tokens: int
    """Of these, what a provider's prefix cache can hold."""
    completion_tokens: int
    cost_usd: float | None
    """With the cache where its price is known; None when the model has no price."""
    cost_uncached_usd: float | None


def estimates(
    plan: Plan, workshop: Workshop, price: Callable[[str], Prices | None]
) -> list[Estimate]:
    """One estimate for each model and window, in the order of the plan.

    Args:
        plan: The plan.
        workshop: Shared tools.
        price: Looks a model up in the price list; None when it is not in it.
    """
    cells: dict[tuple[str, int], list[Group]] = {}
    for group in plan.groups:
        if group.trials:
            limit = group.trials[0].window.limit
            cells.setdefault((group.model, limit), []).append(group)
    return [
        _estimate(model, window, groups, workshop, price(model))
        for (model, window), groups in cells.items()
    ]


def _estimate(
    model: str, window: int, groups: list[Group], workshop: Workshop, price: Prices | None
) -> Estimate:
    prompts = [sizes for group in groups for sizes in _prompts(group, workshop)]
    tokens = sum(prompt for prompt, _ in prompts)
    cached = sum(shared for _, shared in prompts)
    answers = len(prompts) * ANSWER_TOKENS
    cost = uncached = None
    if price is not None:
        out = answers * price.output_per_token
        uncached = tokens * price.input_per_token + out
        rate = price.cached_input_per_token
        rate = price.input_per_token if rate is None else rate
        cost = (tokens - cached) * price.input_per_token + cached * rate + out
    return Estimate(
        model=model,
        window=window,
        sessions=len(groups),
        trials=sum(len(group.trials) for group in groups),
        calls=len(prompts),
        prompt_tokens=tokens,
        cached_tokens=cached,
        completion_tokens=answers,
        cost_usd=cost,
        cost_uncached_usd=uncached,
    )


def _prompts(group: Group, workshop: Workshop) -> Iterator[tuple[int, int]]:
    """For each call its tokens, and those among them that the call before has sent already."""
    materials = Materials(group.scenario, group.seed, workshop)
    before = 0
    for trial in group.trials:
        session = trial.blueprint.cuts[trial.cut].tokens
        size = session + materials.question_tokens(trial.fact)
        policy = Spec.parse(trial.policy).name
        if policy == "refuse" and size > trial.window.budget:
            continue
        if policy not in {"send_all", "refuse"}:
            size = min(size, trial.window.budget)
        yield size, min(before, session)
        before = session
