"""From a study to its trials: nothing is built and nothing is sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.arms import ARMS
from harness.core.errors import NothingSelectedError, UsageError
from harness.core.study import Plan, SessionTrials, window_tokens
from harness.core.window import Window
from harness.runs.answer_room import USUAL, first_reserve
from harness.runs.meter.aims import LengthAims
from harness.runs.planning.check import check_study, check_windows
from harness.runs.planning.planned_sessions import PlannedSessions
from harness.runs.planning.seed_sessions import KnownOfModel, seed_sessions
from harness.runs.planning.trial_keys import TrialKeys
from harness.sessions.policies import clearing, compacting, policies

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from harness.core.arms import Stage
    from harness.core.scenario import Scenario
    from harness.core.study import Study
    from harness.runs.answer_room import Rooms
    from harness.sessions.materials import Materials, Workshop


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class StudyPlan(Plan):
    """A plan that was walked once: nothing in it is refused, and its whole is known."""

    groups: PlannedSessions
    keys: TrialKeys
    longest: tuple[SessionTrials, ...]
    """The longest session of each scenario."""


def make_plan(  # noqa: PLR0917 -- what is known, and to whom it is told
    study: Study,
    workshop: Workshop,
    limit_of: Callable[[str], int | None],
    aims_of: Callable[[str], LengthAims] = lambda _: LengthAims(),
    rooms_of: Callable[[str], Rooms] = lambda _: USUAL,
    tell: Callable[[Materials, SessionTrials], None] = lambda *_: None,
) -> StudyPlan:
    """Every trial of a study; what makes it up is walked once, and held only where it is little.

    Args:
        study: What is asked for.
        workshop: Shared tools.
        limit_of: The context window of a model in tokens, or None where it is not known.
        aims_of: How the provider of a model counts, as far as its ledger knows.
        rooms_of: How much room a model's answers need, as far as that is known.
        tell: Is told of every session, seed by seed.

    Raises:
        UsageError: Something that is asked for cannot be done; nothing was sent.
        NothingSelectedError: There is no trial.
    """
    check_study(study)
    windows = {model: windows_of(study, model, limit_of) for model in study.models}
    check_windows(study, [window for own in windows.values() for window in own])
    aims = {model: aims_of(model) for model in study.models}
    rooms = {model: rooms_of(model) for model in study.models}

    def make(
        materials: Materials, model: str, stages: Collection[Stage]
    ) -> Iterator[SessionTrials]:
        known = KnownOfModel(windows=windows[model], aims=aims[model], rooms=rooms[model])
        return seed_sessions(study, materials, model, known, workshop, stages)

    scenarios = [(scenario, seeds_of(study, scenario)) for scenario in study.scenarios]
    sessions = PlannedSessions(study.models, scenarios, workshop, make)
    keys, longest = TrialKeys(study.models), dict[tuple[str, str], SessionTrials]()
    reserves: dict[str, int] = {}
    for unit, materials, group in sessions.seed_by_seed():
        keys.add(group.model, group.stage, unit, [trial.key for trial in group.trials])
        at = (group.scenario.name, group.scenario.variant)
        if at not in longest or _length(group) > _length(longest[at]):
            longest[at] = group
        most = max((trial.window.reserve for trial in group.trials), default=0)
        reserves[group.model] = max(reserves.get(group.model, 0), most)
        tell(materials, group)
    if not len(keys):
        raise NothingSelectedError("the study has no trials: no fact is said before any checkpoint")
    return StudyPlan(
        study=study,
        groups=sessions,
        n_trials=len(keys),
        reserves=tuple(reserves.items()),
        keys=keys,
        longest=tuple(longest.values()),
    )


def _length(group: SessionTrials) -> int:
    return group.blueprint.cuts[-1].tokens


def seeds_of(study: Study, scenario: Scenario) -> range:
    """The seeds of a scenario; one whose script says facts in its own words has the first only."""
    if scenario.written_out:
        return range(1)
    return range(study.first_seed, study.first_seed + study.seeds)


def needs_preparing(group: SessionTrials) -> bool:
    """Whether anything has to be done before the first question is put to a group's session."""
    trial = group.trials[0]
    if ARMS[group.blueprint.arm].as_written:
        return False
    policy = policies.resolve(trial.policy)
    return (
        bool(group.blueprint.earlier)
        or trial.replies == "live"
        or compacting(policy) is not None
        or clearing(policy) is not None
    )


def windows_of(study: Study, model: str, limit_of: Callable[[str], int | None]) -> list[Window]:
    """The windows of one model, smallest first, none twice."""
    limits: dict[int, int] = {}
    for text in study.windows:
        tokens = window_tokens(text)
        limit = limit_of(model) if tokens is None else tokens
        if limit is None:
            raise UsageError(
                f"the context window of model '{model}' is not known: give -w in tokens, such as"
                " -w 32k"
            )
        reserve = first_reserve(study, model, limit)
        if limit <= reserve:
            raise UsageError(
                f"a window of {limit} tokens leaves nothing for the session: {study.reserve} are"
                " kept for the answer; use a larger -w or a smaller -M max_tokens"
            )
        limits[limit] = reserve
    return [Window(limit, reserve) for limit, reserve in sorted(limits.items())]
