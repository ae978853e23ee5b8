"""What it takes to make conversations ready before their questions are put.

Notes, compactions and live replies; an upper estimate, since calls that begin alike are paid for
once in a run, and answers are taken to be as long as the written ones, or as a memory may be. A
session that is lived through sends its whole history again for each reply, so its cost grows with
the square of its length.
"""

from __future__ import annotations

from dataclasses import asdict
from itertools import pairwise
from typing import TYPE_CHECKING

from harness.core.draws import digest
from harness.core.memory_protocols import HasBudget, WritesEvery
from harness.core.messages import turn_starts
from harness.core.protocols import NamesWriter
from harness.models.usage import Usage
from harness.runs.planning.compacted_lengths import compacted_lengths
from harness.runs.planning.plan import needs_preparing
from harness.sessions.build import built
from harness.sessions.memories import NOTHING, memories
from harness.sessions.policies import policies
from harness.sessions.tokens import MESSAGE_OVERHEAD, PRIMING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.core.session import Session
    from harness.core.study import SessionTrials
    from harness.sessions.materials import Materials

INSTRUCTION_TOKENS = 60
"""About what an instruction to write takes beside the notes so far."""


def preparations(
    group: SessionTrials, materials: Materials, known: set[str]
) -> Iterator[tuple[str, Usage]]:
    """Who is called to make a group's session ready, and what each call will read on the meter.

    Args:
        group: A session and its trials.
        materials: Its scenario and seed.
        known: First sessions of chains that were counted already; added to.
    """
    if not needs_preparing(group):
        return
    trial = group.trials[0]
    blueprint = group.blueprint
    sessions = list(built(blueprint, materials))
    remembers = trial.memory != NOTHING
    for repeat in dict.fromkeys(one.repeat for one in group.trials):
        for index, session in enumerate(sessions):
            later = (*blueprint.earlier, blueprint)[index + 1 :]
            noted = remembers and any("memory" in one.carry for one in later)
            matters = noted or not later or any("transcript" in one.carry for one in later)
            if index == 0 and later:
                about = (group.model, trial.policy, trial.window.limit, repeat, noted, trial.memory)
                first = digest([about, asdict(blueprint.earlier[0])])
                if first in known:
                    continue
                known.add(first)
            if matters:
                yield from _compactions(group, session)
            if matters and trial.replies == "live":
                yield from ((group.model, call) for call in _replies(group, session))
            if noted:
                yield from _notes(group, session)


def _replies(group: SessionTrials, session: Session) -> Iterator[Usage]:
    """A call for each turn, with everything before it."""
    budget = group.trials[0].window.budget
    held = 0
    for _, stop in pairwise([*turn_starts(session.messages), len(session.messages)]):
        if session.messages[stop - 1].role != "assistant":
            continue  # nobody answers it
        before = session.offsets[stop - 1]
        sent = min(before, budget) + PRIMING
        answer = session.offsets[stop] - before - MESSAGE_OVERHEAD
        cached = held if before <= budget else 0
        yield Usage(prompt_tokens=sent, cached_tokens=cached, completion_tokens=max(answer, 1))
        held = before


def _notes(group: SessionTrials, session: Session) -> Iterator[tuple[str, Usage]]:
    """A call whenever the memory writes, where it has a model write."""
    trial = group.trials[0]
    memory = memories.resolve(trial.memory)
    if not isinstance(memory, NamesWriter):
        return
    budget = (memory.budget if isinstance(memory, HasBudget) else None) or 0
    every = memory.every if isinstance(memory, WritesEvery) else 0
    turns = turn_starts(session.messages)
    stops = [session.offsets[i] for i in turns[every::every]] if every else []
    for stop in (*stops, session.offsets[-1]):
        yield (
            memory.writer or group.model,
            Usage(
                prompt_tokens=min(stop, trial.window.budget) + INSTRUCTION_TOKENS + budget,
                cached_tokens=0,
                completion_tokens=budget,
            ),
        )


def _compactions(group: SessionTrials, session: Session) -> Iterator[tuple[str, Usage]]:
    """A call whenever older turns are summarised, or the provider compacts them."""
    trial = group.trials[0]
    policy = policies.resolve(trial.policy)
    lengths = compacted_lengths(policy, session, trial.window.budget, model=group.model)
    if lengths is None:
        return
    for call in lengths.calls:
        yield (
            lengths.writer or group.model,
            Usage(
                prompt_tokens=call.sent + INSTRUCTION_TOKENS,
                cached_tokens=0,
                completion_tokens=call.written,
            ),
        )
