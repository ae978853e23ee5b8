"""Prompts as the sessions of a plan make them up: what lengths are aimed by, before any is sent."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from harness.core.messages import Message
from harness.core.text_kinds import KINDS, text_kind_of
from harness.runs.meter.aims import AimedPrompt, is_of_one_seed, texture
from harness.sessions.build import build
from harness.sessions.kinds import within
from harness.sessions.materials import Materials
from harness.sessions.tokens import MESSAGE_OVERHEAD, PRIMING

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from harness.core.study import SessionTrials
    from harness.sessions.materials import Workshop

_SESSIONS = 3
"""Sessions of one texture that are looked at; the longest is among them."""
_MOST_OF_A_TEXTURE = 1000
"""Sessions of one texture from which those are chosen, where there are very many."""
_CUTS = 6
"""Lengths of one session that are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterSample:
    """A prompt of a session that is planned."""

    prompt: AimedPrompt
    messages: tuple[Message, ...]


def textures(groups: Iterable[SessionTrials]) -> dict[str, list[SessionTrials]]:
    """The planned sessions by how they are made up, each seed apart and all of them together."""
    found: dict[str, list[SessionTrials]] = {}
    for group in groups:
        if group.trials:
            scenario, limit = group.scenario, group.trials[0].window.limit
            for seed in (None, group.seed):
                name = texture(scenario.name, scenario.variant, limit, seed)
                found.setdefault(name, []).append(group)
    return found


def samples(groups: Sequence[SessionTrials], workshop: Workshop) -> list[MeterSample]:
    """Prompts of some sessions, the longest among them.

    Args:
        groups: Planned sessions that are made up alike.
        workshop: Shared tools.
    """
    by_length = sorted(groups, key=lambda group: (-group.blueprint.cuts[-1].tokens, group.seed))
    step = max(1, len(by_length) // _SESSIONS)
    return [
        sample for group in by_length[::step][:_SESSIONS] for sample in _of_session(group, workshop)
    ]


def prompts_by_texture(
    groups: Iterable[SessionTrials], workshop: Workshop, known: Container[str]
) -> Iterator[tuple[str, list[AimedPrompt]]]:
    """Prompts of planned sessions by texture, known textures left out.

    Args:
        groups: The sessions.
        workshop: Shared tools.
        known: Textures that are left out.
    """
    for name, own in textures(groups).items():
        if name not in known:
            yield name, [sample.prompt for sample in samples(own, workshop)]


def prompts_seed_by_seed(
    groups: Iterable[SessionTrials], workshop: Workshop, known: Container[str]
) -> Iterator[tuple[str, list[AimedPrompt]]]:
    """The same of very many sessions, of which those of one seed are looked at at a time.

    What all seeds are aimed by is read from the first sessions of each texture.

    Args:
        groups: The sessions; those of one scenario and seed come one after the other.
        workshop: Shared tools.
        known: Textures that are left out.
    """
    shared: dict[str, list[SessionTrials]] = {}
    for _, of_seed in groupby(groups, lambda one: (one.scenario.hash, one.seed)):
        for name, own in textures(of_seed).items():
            if not is_of_one_seed(name):
                kept = shared.setdefault(name, [])
                kept += own[: _MOST_OF_A_TEXTURE - len(kept)]
            elif name not in known:
                yield name, [sample.prompt for sample in samples(own, workshop)]
    for name, own in shared.items():
        if name not in known:
            yield name, [sample.prompt for sample in samples(own, workshop)]


def prompts(
    following: Mapping[str, Sequence[SessionTrials]], workshop: Workshop
) -> dict[str, list[AimedPrompt]]:
    """Prompts of planned sessions by texture."""
    return {
        name: [sample.prompt for sample in samples(groups, workshop)]
        for name, groups in following.items()
    }


def _of_session(group: SessionTrials, workshop: Workshop) -> list[MeterSample]:
    """A prompt for each of some lengths of one session."""
    materials = Materials(group.scenario, group.seed, workshop)
    session = build(group.blueprint, materials)
    step = max(1, len(session.cuts) // _CUTS)
    chosen = list(zip(session.cuts, group.blueprint.cuts, strict=True))[::-1][::step]
    found = []
    for cut, planned in chosen:
        question = Message("user", materials.question(planned.ask[0])) if planned.ask else None
        if question is None:
            continue
        asked = workshop.counter.message(question)
        texts = list(within(session.kind_offsets, [(0, cut.messages)]))
        texts[KINDS.index(text_kind_of(question.text, said=True))] += asked - MESSAGE_OVERHEAD
        prompt = AimedPrompt(
            local=cut.tokens + asked + PRIMING, messages=cut.messages + 1, kinds=tuple(texts)
        )
        found.append(
            MeterSample(prompt=prompt, messages=(*session.messages[: cut.messages], question))
        )
    return found
