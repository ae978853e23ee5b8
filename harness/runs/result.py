"""What a run came to, and what it cost by its own records; what is unknown stays unknown."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.models.catalog import FREE, price
from harness.runs.folder.layout import WRITINGS
from harness.runs.folder.reader import lines, records
from harness.runs.planning.cost import estimates, total_usd

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from harness.runs.budget import Purse
    from harness.runs.folder.record_index import Recorded, RecordIndex
    from harness.runs.planning.plan import StudyPlan
    from harness.runs.trials.runner import TrialRunner


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """The sum of some calls."""

    usd: float | None
    """None where a price or a meter reading is missing."""
    known_usd: float
    """The part of it that is known."""
    prompt_tokens: int
    cached_tokens: int
    """Of these, what was read from the provider's prefix cache."""


NOTHING = Bill(usd=0.0, known_usd=0.0, prompt_tokens=0, cached_tokens=0)
"""Before anything was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a plan was estimated to cost, in US dollars."""

    usd: float
    """With the provider's prefix cache."""
    uncached_usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTotals:
    """What a run came to."""

    folder: Path
    planned: int
    """Trials of the plan."""
    recorded: int
    """Trials that have a record, of before and of now."""
    errors: int
    """Records with status `error`."""
    error_kinds: tuple[tuple[str, int], ...] = ()
    """Of the errors: each kind and how often it came, the most frequent first."""
    error_said: str | None = None
    """Of the errors: the one that came most often, in the provider's own words."""
    cut: int = 0
    """Replies that ended before they held an answer: no score, and no error."""
    cut_said: str | None = None
    """Of these: why most of them ended, and what to change."""
    broken_off: int = 0
    """Of these: those that the provider broke off, which may come to more when asked again."""
    unmeasured: tuple[str, ...] = ()
    """Models none of whose replies has a score, though some were cut."""
    given_up: tuple[tuple[str, str], ...] = ()
    """Models that were given up, and why."""
    notes: tuple[str, ...] = ()
    """What a user should hear of the answers that were kept."""
    stopped: str | None = None
    """Why nothing more was sent, when the budget was spent."""
    bill: Bill = NOTHING
    """What it cost, of before and of now."""
    expected: Expected | None = None
    """What it was estimated to cost; None where that is not known, or nothing."""

    @property
    def complete(self) -> bool:
        """Whether every trial has a result that is no failure: nothing is left to be asked."""
        return self.recorded == self.planned and not (self.errors or self.broken_off)


def result(
    folder: Path,
    planned: Iterable[str],
    index: RecordIndex,
    *,
    runner: TrialRunner,
    purse: Purse,
    spent: Billing,
) -> RunTotals:
    """What a run came to.

    Args:
        folder: Of the run.
        planned: Keys of its trials.
        index: What is recorded of each.
        runner: Knows which models were given up.
        purse: Knows whether its budget is spent.
        spent: What its trials cost.
    """
    for call in lines(folder / WRITINGS):
        spent.add(call)
    known = Counter(map(index.get, planned))
    n_planned = known.total()
    known.pop(None, None)
    own = {one: n for one, n in known.items() if one is not None}
    given_up = {model: why for model, why in runner.given_up.items() if why != purse.stopped}
    errors, cuts, kinds = Counter[str](), Counter[str](), Counter[str]()
    for one, n in own.items():
        if one.status == "error":
            errors[str(one.error)] += n
            kinds[str(one.error).partition(":")[0]] += n
        elif one.status == "cut":
            cuts[str(one.error)] += n
    return RunTotals(
        folder=folder,
        planned=n_planned,
        recorded=sum(own.values()),
        errors=kinds.total(),
        error_kinds=tuple(kinds.most_common()),
        error_said=_most_common(errors),
        cut=cuts.total(),
        broken_off=sum(n for one, n in own.items() if one.may_heal) - kinds.total(),
        unmeasured=_unmeasured(own),
        cut_said=_most_common(cuts),
        given_up=tuple(sorted(given_up.items())),
        stopped=purse.stopped,
        bill=spent.bill,
    )


def _unmeasured(known: Iterable[Recorded]) -> tuple[str, ...]:
    """Models none of whose replies has a score, though some were cut."""
    scored = {one.model for one in known if one.scored}
    cut = {one.model for one in known if one.status == "cut" and not one.scored}
    return tuple(sorted(cut - scored))


def _most_common(said: Counter[str]) -> str | None:
    """The sentence that came most often; of several the first in the alphabet."""
    return min(said, key=lambda text: (-said[text], text), default=None)


def calls_of(folder: Path) -> Iterator[dict[str, Any]]:
    """Every call that a run folder tells of: of its trials, and of what models wrote for them."""
    yield from records(folder, BILLED)
    yield from lines(folder / WRITINGS)


BILLED = ("answered_by", "prompt_tokens", "cached_tokens", "cost_usd")
"""The fields of a record that its cost follows from."""


def bill(calls: Iterable[Mapping[str, Any]]) -> Bill:
    """The sum of records, or of writings; answers that were kept from before cost nothing."""
    spent = Billing()
    for call in calls:
        spent.add(call)
    return spent.bill


class Billing:
    """Adds up calls; answers that were kept from before cost nothing."""

    def __init__(self) -> None:
        self._is_known = True
        self._usd, self._prompt, self._cached = 0.0, 0, 0

    def add(self, call: Mapping[str, Any]) -> None:
        """Add a record, or what a model wrote."""
        if (call.get("answered_by") or "model") != "model" or call.get("prompt_tokens") is None:
            return
        self._is_known = self._is_known and call.get("cost_usd") is not None
        self._usd += call.get("cost_usd") or 0.0
        self._prompt += call["prompt_tokens"]
        self._cached += call.get("cached_tokens") or 0

    @property
    def bill(self) -> Bill:
        """The sum so far."""
        return Bill(
            usd=self._usd if self._is_known else None,
            known_usd=self._usd,
            prompt_tokens=self._prompt,
            cached_tokens=self._cached,
        )


def expected_cost(plan: StudyPlan) -> Expected | None:
    """What the price list says that a plan costs; None where it does not, or where all is free."""
    prices = [price(name) for name in plan.study.models]
    if any(one is None for one in prices) or all(one == FREE for one in prices):
        return None
    rows = estimates(plan, price)
    usd, uncached = total_usd(rows), total_usd(rows, cached=False)
    return None if usd is None or uncached is None else Expected(usd=usd, uncached_usd=uncached)
