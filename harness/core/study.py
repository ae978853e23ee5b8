"""A study: what one run is to find out, before anything is built or sent."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, overload

from harness.core.arms import stage_of
from harness.core.errors import UsageError
from harness.core.scenario import Scenario
from harness.core.trial import Trial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from harness.core.arms import Stage
    from harness.core.scenario import Fills
    from harness.core.session import Blueprint
    from harness.core.trial import Replies

DEFAULT_RESERVE = 128
"""Tokens kept for the answer, and `max_tokens` of each call unless -M says otherwise."""

_WHOLE = re.compile(r"[0-9]{1,12}")
_LEFT_OUT = frozenset({"none", "null"})
"""With these after `-M name=` a parameter is not sent at all."""

_MOST_TOKENS = 100_000_000
"""No window is larger; a session of that length would not fit a machine's memory."""

_SUFFIXES = {"k": 1_000, "m": 1_000_000}


_SEVERAL = ("scenarios", "models", "windows", "policies", "memories", "positions", "facts")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Study:
    """Everything that a run is asked for."""

    scenarios: tuple[Scenario, ...]
    models: tuple[str, ...]
    windows: tuple[str, ...] = ("max",)
    """As they were written: 8k, 200000, max."""
    policies: tuple[str, ...] = ("send_all",)
    """Specs of what the application does at the ceiling; several are compared side by side."""
    memories: tuple[str, ...] = ("none",)
    """Specs of what crosses a session boundary; likewise. Sessions that carry no memory are run
    once, under `none`."""
    replies: Replies = "scripted"
    seeds: int = 8
    first_seed: int = 0
    """The seeds are first_seed to first_seed + seeds - 1."""
    repeats: int = 1
    first_repeat: int = 0
    """The repeats are first_repeat to first_repeat + repeats - 1: a fresh repeat of a run that has
    been asked before goes by numbers that no answer has yet."""
    fills: Fills | None = None
    """In place of the scenarios' own."""
    positions: tuple[float, ...] = ()
    """In place of the scenarios' own."""
    filler: str | None = None
    """In place of the scenarios' own: a built-in name, or a file of real chats."""
    options: tuple[tuple[str, str], ...] = ()
    """Parameters of every call, sorted by name."""
    controls: bool = True
    functions: tuple[tuple[str, Callable[[list[dict[str, Any]]], Any]], ...] = ()
    """Models that are functions of this process, by name; see `models.function_model`."""
    facts: tuple[str, ...] = ()
    """Ids of the facts and questions that are asked; empty: all. Sessions say every fact anyway, so
    that a trial is the same whatever else is asked."""
    names: tuple[tuple[str, str], ...] = ()
    """Models and what reports call them, where that was said."""
    prompts: tuple[tuple[str, str | None], ...] = ()
    """Variants, as `scenarios` already holds them: name and system prompt; None is the scenario's
    own. Empty: every scenario with its own prompt only."""

    def __post_init__(self) -> None:
        for name in _SEVERAL:
            value = getattr(self, name)
            if isinstance(value, str):
                raise UsageError(
                    f"Study({name}={value!r}): expected several; of one: {name}=({value!r},)"
                )
            object.__setattr__(self, name, tuple(value))
        for one in self.scenarios:
            if not isinstance(one, Scenario):
                raise UsageError(
                    f"Study(scenarios=...): {one!r} is a {type(one).__name__}; load it first:"
                    f" scenarios=harness.load_all([{str(one)!r}])"
                )

    def __repr__(self) -> str:
        names = ", ".join(dict.fromkeys(scenario.name for scenario in self.scenarios))
        return (
            f"Study({names}; {', '.join(self.models)}; windows {', '.join(self.windows)};"
            f" {self.seeds} seeds)"
        )

    @property
    def answer_is_bounded(self) -> bool:
        """Whether the user says how long an answer may be, or that nothing is to be said of it."""
        return "max_tokens" in dict(self.options)

    @property
    def reserve(self) -> int:
        """Tokens kept for the answer."""
        text = dict(self.options).get("max_tokens", str(DEFAULT_RESERVE))
        if text.strip().lower() in _LEFT_OUT:  # the call says nothing of it; the window still does
            return DEFAULT_RESERVE
        if not _WHOLE.fullmatch(text) or int(text) == 0:
            raise UsageError(f"-M max_tokens={text}: expected a whole number above 0, or none")
        return int(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTrials:
    """The trials of one session under one model and window: they share every byte but the last."""

    scenario: Scenario
    seed: int
    model: str
    blueprint: Blueprint
    trials: tuple[Trial, ...]
    opening: bool
    """Short enough that no server would truncate it: such groups run first and teach the meter how
    the provider counts."""

    @property
    def stage(self) -> Stage:
        """When it is sent."""
        return stage_of(self.blueprint.arm, opening=self.opening)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Plan:
    """The trials of a study, session by session, in the order in which they are sent."""

    study: Study
    groups: Iterable[SessionTrials]
    """Can be walked again and again; of a large plan they are made anew each time."""
    n_trials: int = 0
    reserves: tuple[tuple[str, int], ...] = ()
    """Models and the most tokens that are kept for an answer of theirs."""

    def __repr__(self) -> str:
        return f"Plan({self.n_trials:,} trials of {self.study!r})"

    @property
    def trials(self) -> Trials:
        """Every trial, in order."""
        return Trials(self)


class Trials(Sequence[Trial]):
    """The trials of a plan, in order; none of them is kept.

    Args:
        plan: Whose they are.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def __repr__(self) -> str:
        return f"Trials({len(self):,})"

    def __len__(self) -> int:
        return self._plan.n_trials

    def __iter__(self) -> Iterator[Trial]:
        return (trial for group in self._plan.groups for trial in group.trials)

    @overload
    def __getitem__(self, at: int) -> Trial: ...

    @overload
    def __getitem__(self, at: slice) -> list[Trial]: ...

    def __getitem__(self, at: int | slice) -> Trial | list[Trial]:
        chosen = range(len(self))[at]
        if isinstance(chosen, int):
            return next(islice(self, chosen, None))
        first = min(chosen, default=0)
        some = list(islice(self, first, max(chosen, default=-1) + 1))
        return [some[place - first] for place in chosen]


def window_tokens(text: str) -> int | None:
    """The limit that a window on the command line means, in tokens; None for `max`.

    Raises:
        UsageError: It is not a whole number above 0, with k or m behind it.

    >>> window_tokens("8k"), window_tokens("1m"), window_tokens("max")
    (8000, 1000000, None)
    """
    plain = text.strip().lower().replace("_", "")
    if plain == "max":
        return None
    factor = _SUFFIXES.get(plain[-1:], 1)
    digits = plain[:-1] if factor > 1 else plain
    tokens = int(digits) * factor if _WHOLE.fullmatch(digits) else 0
    if not 0 < tokens <= _MOST_TOKENS:
        raise UsageError(f"window '{text}': expected tokens such as 8000, 8k, 1m, or max")
    return tokens


def share(text: str, what: str, *, most: float) -> float:
    """A number in [0, most] as the command line gives it.

    Raises:
        UsageError: It is no number, or lies outside.
    """
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0.0 <= value <= most:
        raise UsageError(f"{what} '{text}': expected a number from 0 to {most:g}")
    return value


def unique(names: Sequence[str], what: str) -> tuple[str, ...]:
    """The names, none of them twice and at least one.

    Raises:
        UsageError: One stands twice, or there is none.
    """
    kept = tuple(name.strip() for name in names if name.strip())
    if not kept:
        raise UsageError(f"no {what} given")
    for name in kept:
        if kept.count(name) > 1:
            raise UsageError(f"{what} '{name}' is given twice")
    return kept
