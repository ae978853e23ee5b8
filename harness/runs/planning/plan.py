"""From a study to its trials: nothing is built and nothing is sent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.core.arms import ARMS, STAGES, stage_of
from harness.core.errors import NothingSelectedError, UsageError
from harness.core.spec import Spec
from harness.core.stages import opens
from harness.core.study import Plan, SessionTrials, window_tokens
from harness.core.trial import Treatment, Trial
from harness.core.window import Window
from harness.kinds import kind_of
from harness.runs.answer_room import USUAL, first_reserve
from harness.runs.meter.aims import LengthAims, texture
from harness.runs.planning.check import check_study, check_windows
from harness.runs.planning.trial_key import Keys
from harness.sessions.layouts import blueprints, controls, facts_tokens
from harness.sessions.materials import Materials
from harness.sessions.memories import NOTHING
from harness.sessions.policies import clearing, compacting, policies, policy_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from harness.core.arms import Stage
    from harness.core.scenario import Layout, Scenario
    from harness.core.session import Blueprint
    from harness.core.study import Study
    from harness.runs.answer_room import Rooms
    from harness.sessions.materials import Workshop


def make_plan(
    study: Study,
    workshop: Workshop,
    limit_of: Callable[[str], int | None],
    aims_of: Callable[[str], LengthAims] = lambda _: LengthAims(),
    rooms_of: Callable[[str], Rooms] = lambda _: USUAL,
) -> Plan:
    """Every trial of a study.

    Args:
        study: What is asked for.
        workshop: Shared tools.
        limit_of: The context window of a model in tokens, or None where it is not known.
        aims_of: How the provider of a model counts, as far as its ledger knows.
        rooms_of: How much room a model's answers need, as far as that is known.

    Raises:
        UsageError: Something that is asked for cannot be done; nothing was sent.
        NothingSelectedError: There is no trial.
    """
    check_study(study)
    windows = {model: windows_of(study, model, limit_of) for model in study.models}
    check_windows(study, [window for own in windows.values() for window in own])
    groups: list[SessionTrials] = []
    for scenario in study.scenarios:
        for seed in seeds_of(study, scenario):
            materials = Materials(scenario, seed, workshop)
            for model in study.models:
                groups += _groups(
                    study,
                    materials,
                    model,
                    windows[model],
                    workshop,
                    aims_of(model),
                    rooms_of(model),
                )
    if not any(group.trials for group in groups):
        raise NothingSelectedError("the study has no trials: no fact is said before any checkpoint")
    order = {model: index for index, model in enumerate(study.models)}
    # What teaches the meter first; then session by session.
    groups.sort(key=lambda group: (order[group.model], STAGES.index(group.stage)))
    return Plan(study=study, groups=tuple(groups))


def treatments_of(study: Study, blueprint: Blueprint) -> Iterator[Treatment]:
    """The treatments that a session is run under.

    Controls are run once: what they say of the model and the scenario is the same under all.
    """
    chain = (*blueprint.earlier, blueprint)
    remembers = any("memory" in one.carry for one in chain[1:])
    alone = blueprint.arm != "main"
    as_written = ARMS[blueprint.arm].as_written
    for policy in study.policies[:1] if alone else study.policies:
        for memory in study.memories[:1] if alone else study.memories:
            yield Treatment(
                policy=policy_name(policy),
                memory=str(Spec.parse(memory)) if remembers and not as_written else NOTHING,
                replies="scripted" if as_written else study.replies,
            )
            if not remembers or as_written:
                break


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


def _groups(  # noqa: PLR0917 -- what a session is made of
    study: Study,
    materials: Materials,
    model: str,
    windows: list[Window],
    workshop: Workshop,
    aims: LengthAims,
    rooms: Rooms,
) -> Iterator[SessionTrials]:
    """The sessions of one seed under one model; controls once, at the smallest window."""
    for window in windows:
        known = windows_aimed(window, aims, materials.scenario, materials.seed)
        aimed = {stage: rooms.window(own, stage) for stage, own in known.items()}
        main = _main(study, materials, aimed)
        checks = controls(materials, aimed["opening"], _early(study, materials, aimed, main))
        sessions = main + (checks if study.controls and window is windows[0] else [])
        for blueprint in sessions:
            opening = opens(blueprint, window.limit, facts_tokens(materials))
            own = aimed[stage_of(blueprint.arm, opening=opening)]
            for treatment in treatments_of(study, blueprint):
                trials = trials_of(
                    study, materials, model, own, blueprint, workshop, treatment=treatment
                )
                asked = tuple(trials)
                if study.facts and not asked:
                    continue
                yield SessionTrials(
                    scenario=materials.scenario,
                    seed=materials.seed,
                    model=model,
                    blueprint=blueprint,
                    trials=asked,
                    opening=opening,
                )


def windows_aimed(
    window: Window, aims: LengthAims, scenario: Scenario, seed: int | None = None
) -> dict[Stage, Window]:
    """A window as the sessions of each stage are aimed at it.

    Args:
        window: The ceiling.
        aims: Of the model.
        scenario: Whose sessions they are.
        seed: Of the sessions; None where each has filler of its own.
    """
    name = texture(scenario.name, scenario.variant, window.limit, seed)
    found: dict[Stage, Window] = {}
    for stage in STAGES:
        known = aims.of(stage, name)
        found[stage] = replace(window, ratio=known.ratio, overhead=known.overhead)
    return found


def _early(
    study: Study, materials: Materials, aimed: Mapping[Stage, Window], main: list[Blueprint]
) -> list[Blueprint]:
    """The main sessions as they were planned when the controls were sent."""
    if aimed["opening"] == aimed["main"]:
        return main
    return _main(study, materials, {**aimed, "main": aimed["opening"]})


def _main(study: Study, materials: Materials, aimed: Mapping[Stage, Window]) -> list[Blueprint]:
    """The main sessions of one seed, each built with what is known by then."""
    found: list[Blueprint] = []
    for stage in ("opening", "main"):
        sessions = blueprints(materials, aimed[stage], study.fills, study.positions)
        if aimed["opening"] == aimed["main"]:
            return sessions
        limit, facts = aimed["main"].limit, facts_tokens(materials)
        found += [s for s in sessions if opens(s, limit, facts) == (stage == "opening")]
    return found


def trials_of(  # noqa: PLR0917 -- what a trial is made of
    study: Study,
    materials: Materials,
    model: str,
    window: Window,
    blueprint: Blueprint,
    workshop: Workshop,
    *,
    treatment: Treatment | None = None,
    layout: Layout | None = None,
    batch: int = 0,
    batch_why: str | None = None,
) -> Iterator[Trial]:
    """The trials of one session: every question at each of its checkpoints."""
    scenario: Scenario = materials.scenario
    treatment = treatment or next(iter(treatments_of(study, blueprint)))
    keys = Keys(
        material=workshop.identity(scenario),
        blueprint=blueprint,
        window=window,
        policy=treatment.policy,
        memory=treatment.memory,
        model=model,
        options=dict(study.options),
        replies=treatment.replies,
    )
    repeats = study.repeats if blueprint.arm == "main" else 1
    for index, cut in enumerate(blueprint.cuts):
        for question in map(scenario.question, cut.ask):
            if not question.is_about(study.facts):
                continue
            for repeat in range(study.first_repeat, study.first_repeat + repeats):
                yield Trial(
                    key=keys.key(cut=index, question=question.id, repeat=repeat),
                    scenario=scenario.name,
                    session=materials.cluster(question.id),
                    sample=scenario.sample,
                    seed=materials.seed,
                    repeat=repeat,
                    arm=blueprint.arm,
                    model=model,
                    window=window,
                    policy=treatment.policy,
                    memory=treatment.memory,
                    replies=treatment.replies,
                    layout=layout or scenario.layout,
                    blueprint=blueprint,
                    cut=index,
                    question_id=question.id,
                    kind=str(question.kind),
                    counts=kind_of(question.kind).counts,
                    variant=scenario.variant,
                    batch=batch,
                    batch_why=batch_why,
                )
