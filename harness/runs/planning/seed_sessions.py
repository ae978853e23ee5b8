"""The sessions of one seed under one model, with their trials: nothing is built."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harness.core.arms import ARMS, STAGES, stage_of
from harness.core.spec import Spec
from harness.core.stages import opens
from harness.core.study import SessionTrials
from harness.core.trial import Treatment, Trial
from harness.kinds import kind_of
from harness.runs.meter.aims import LengthAims, texture
from harness.runs.planning.trial_key import Keys
from harness.sessions.layouts import blueprints, controls, facts_tokens
from harness.sessions.memories import NOTHING
from harness.sessions.policies import policy_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from harness.core.arms import Stage
    from harness.core.scenario import Layout, Scenario
    from harness.core.session import Blueprint
    from harness.core.study import Study
    from harness.core.window import Window
    from harness.runs.answer_room import Rooms
    from harness.sessions.materials import Materials, Workshop


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownOfModel:
    """What is known of a model when its sessions are planned."""

    windows: list[Window]
    aims: LengthAims
    rooms: Rooms


def seed_sessions(  # noqa: PLR0917 -- what a session is made of
    study: Study,
    materials: Materials,
    model: str,
    of_model: KnownOfModel,
    workshop: Workshop,
    stages: Collection[Stage],
) -> Iterator[SessionTrials]:
    """The sessions of one seed under one model; controls once, at the smallest window.

    Those of other stages are left out as early as can be told.
    """
    facts = facts_tokens(materials)
    for window in of_model.windows:
        known = windows_aimed(window, of_model.aims, materials.scenario, materials.seed)
        aimed = {stage: of_model.rooms.window(own, stage) for stage, own in known.items()}
        for blueprint in _blueprints(
            study, materials, aimed, stages, first=window is of_model.windows[0]
        ):
            opening = opens(blueprint, window.limit, facts)
            stage = stage_of(blueprint.arm, opening=opening)
            if stage not in stages:
                continue
            for treatment in treatments_of(study, blueprint):
                trials = trials_of(
                    study, materials, model, aimed[stage], blueprint, workshop, treatment=treatment
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


def _blueprints(
    study: Study,
    materials: Materials,
    aimed: Mapping[Stage, Window],
    stages: Collection[Stage],
    *,
    first: bool,
) -> list[Blueprint]:
    """The sessions of one seed at one window, those of these stages among them.

    Args:
        study: What is asked for.
        materials: Scenario and seed.
        aimed: The window as each stage is aimed at it.
        stages: What is asked for; of the arms without filler alone no other session is laid out.
        first: Whether it is the smallest window, at which controls are run.
    """
    checked = study.controls and first
    if set(stages) == {"bare"}:
        return controls(materials, aimed["opening"], ()) if checked else []
    main = _main(study, materials, aimed)
    if not checked:
        return main
    return main + controls(materials, aimed["opening"], _early(study, materials, aimed, main))


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
        as_it_is = (known.ratio, known.overhead) == (window.ratio, window.overhead)
        found[stage] = (
            window if as_it_is else replace(window, ratio=known.ratio, overhead=known.overhead)
        )
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
