"""Which values a seed says: repeatable, and never shared by two seeds or by two facts of one.

Listed values are walked in an order drawn from the scenario's name and the fact's id. Facts that
use the same generator share one order and take turns in it, so they never meet.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from harness.core.draws import Draws
from harness.core.errors import FileError, Where
from harness.core.text import words
from harness.scenarios.generators import SHAPES, space

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from harness.core.scenario import Fact, Scenario, Value

_KEPT_SCENARIOS = 64


@dataclass(frozen=True, slots=True)
class _Pool:
    """Where the values of one fact come from."""

    size: int
    """How many values there are, those of other facts of the same generator included."""
    a_seed: int
    """How many of them one seed uses up."""
    offset: int
    """How many of those come before this fact's own."""
    nth: Callable[[int], Value]

    @property
    def seeds(self) -> int:
        """For how many seeds there is enough."""
        return self.size // self.a_seed

    def draw(self, seed: int, pick: int) -> tuple[Value, ...]:
        start = seed * self.a_seed + self.offset
        return tuple(self.nth(start + ordinal) for ordinal in range(pick))


def draw_values(scenario: Scenario, seed: int) -> dict[str, tuple[Value, ...]]:
    """What each fact says in the session of a seed; nothing for one that is never said.

    Args:
        scenario: The scenario.
        seed: Counted from 0; seeds that differ share no value.

    Raises:
        FileError: A fact has too few values for that many seeds.
    """
    pools = _pools(scenario)
    drawn: dict[str, tuple[Value, ...]] = {}
    for fact in scenario.facts:
        pool = pools.get(fact.id)
        if pool is not None and seed >= pool.seeds:
            raise _too_few(scenario, fact, pool, seed + 1)
        drawn[fact.id] = () if pool is None else pool.draw(seed, _sayings(scenario, fact, seed))
    return drawn


def _sayings(scenario: Scenario, fact: Fact, seed: int) -> int:
    """How often the session of a seed says a fact: seeds take turns where its number is asked."""
    if not fact.least:
        return fact.pick
    span = fact.pick - fact.least + 1
    return fact.least + (Draws("sayings", scenario.name, fact.id).below(span) + seed) % span


def check_seeds(scenario: Scenario, seeds: int) -> None:
    """Make sure that so many seeds can be run.

    Args:
        scenario: The scenario.
        seeds: How many; they are 0 to seeds - 1.

    Raises:
        FileError: A fact has too few values, or a generated value holds one of another fact.
    """
    pools = _pools(scenario)
    seeds = 1 if scenario.written_out else seeds
    for fact in scenario.facts:
        pool = pools.get(fact.id)
        if pool is not None and pool.seeds < seeds:
            raise _too_few(scenario, fact, pool, seeds)
    for seed in range(seeds):
        _check_apart(scenario, seed)


def decoys(fact: Fact, said: Sequence[Value] = ()) -> tuple[Value, ...]:
    """The listed values of a fact that its session did not say.

    Generated values have none: codes, numbers and dates are known by their `shape`, and names and
    nouns would be thousands, which no reply holds by chance.

    Args:
        fact: The fact.
        said: What the session says of it.
    """
    return tuple(value for value in fact.values if value not in said)


def shape(fact: Fact) -> str | None:
    """A regular expression, for `re.search`, of all that the fact's generator makes.

    None for listed values, and for names and nouns, which look like any other.
    """
    return SHAPES[fact.generate] if fact.generate else None


@lru_cache(maxsize=_KEPT_SCENARIOS)
def _pools(scenario: Scenario) -> dict[str, _Pool]:
    """The pool of each fact that says something."""
    pools: dict[str, _Pool] = {}
    generated: dict[str, list[Fact]] = {}
    for fact in scenario.facts:
        if not fact.pick:
            continue
        if fact.generate:
            generated.setdefault(fact.generate, []).append(fact)
        elif not fact.like:
            order = Draws("values", scenario.name, fact.id).shuffled(fact.values)
            family = [one for one in scenario.facts if one.like == fact.id]
            a_seed = fact.pick + len(family)
            pools[fact.id] = _Pool(len(order), a_seed, 0, order.__getitem__)
            for place, one in enumerate(family):
                pools[one.id] = _Pool(len(order), a_seed, fact.pick + place, order.__getitem__)
    for facts in generated.values():
        pools.update(_shared(scenario, facts))
    return pools


def _shared(scenario: Scenario, facts: list[Fact]) -> Iterator[tuple[str, _Pool]]:
    """The pools of facts that use one generator."""
    kind = facts[0].generate
    if kind is None:
        return
    made = space(kind, scenario.name, _words_said(scenario), scenario.language)
    a_seed, offset = sum(fact.pick for fact in facts), 0
    for fact in facts:
        yield fact.id, _Pool(made.size, a_seed, offset, made.nth)
        offset += fact.pick


def _words_said(scenario: Scenario) -> frozenset[str]:
    """Every word of the scenario that a session may show whatever is generated."""
    texts = [scenario.system or ""]
    for step in scenario.script:
        texts += [step.user or "", step.assistant or ""]
        texts += [text for call in step.calls for text in (call.arguments, call.result)]
    for fact in scenario.facts:
        texts += [*fact.say, *fact.reply, *fact.amend, *fact.request]
        tools = (tool for tool in (fact.tool_result, fact.tool_call) if tool is not None)
        texts += [text for tool in tools for text in (tool.arguments, tool.result)]
        texts += [text for value in fact.values for text in value.spellings]
    for question in scenario.questions:
        texts += [*question.ask, *(text for value in question.values for text in value.spellings)]
    return frozenset(word for text in texts for word in words(text, scenario.language))


def _too_few(scenario: Scenario, fact: Fact, pool: _Pool, seeds: int) -> FileError:
    each = f", {fact.pick} a session" if fact.pick > 1 else ""
    have = f"fact '{fact.id}' has {pool.size} value{'s' * (pool.size != 1)}{each}"
    more = "add values, use {generate: ...}, or"
    if fact.generate:
        have = f"generator '{fact.generate}' makes {pool.size} values, {pool.a_seed} a session"
        more = "use another generator for some facts, or"
    enough = f"enough for {pool.seeds} seed{'s' * (pool.seeds != 1)}"
    problem = f"{have}, {enough}; {seeds} seeds were asked: {more} run with --seeds {pool.seeds}"
    return FileError(_where(scenario, fact), problem)


def _check_apart(scenario: Scenario, seed: int) -> None:
    """Generated and listed values of one session hold none of one another."""
    drawn = draw_values(scenario, seed)
    said = [
        (fact, value, f" {' '.join(words(text, scenario.language))} ")
        for fact in scenario.facts
        if not fact.told
        for value in drawn[fact.id]
        for text in value.spellings
    ]
    for fact, value, form in said:
        for other_fact, other, other_form in said:
            if value is not other and other_form in form:
                problem = (
                    f"in seed {seed}, '{value.text}' of fact '{fact.id}' holds '{other.text}' of "
                    f"fact '{other_fact.id}': answers could not be told apart; change the values"
                )
                raise FileError(_where(scenario, fact), problem)


def _where(scenario: Scenario, fact: Fact) -> Where:
    return fact.where or Where(file=scenario.path)
