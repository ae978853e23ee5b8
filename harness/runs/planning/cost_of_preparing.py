"""What it takes to make conversations ready before their questions are put.

Notes, summaries and live replies; an upper estimate, since calls that begin alike are paid for once
in a run, and answers are taken to be as long as the written ones, or as a memory may be. A session
that is lived through sends its whole history again for each reply, so its cost grows with the
square of its length.
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
from harness.runs.planning.plan import needs_preparing
from harness.sessions.build import built
from harness.sessions.memories import NOTHING, memories
from harness.sessions.policies import policies, summarising
from harness.sessions.tokens import MESSAGE_OVERHEAD, PRIMING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.core.session import Session
    from harness.core.study import SessionTrials
    from harness.sessions.materials import Materials
    from harness.sessions.policies.summarise import Summarise

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
                yield from _summaries(group, session)
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


def _summaries(group: SessionTrials, session: Session) -> Iterator[tuple[str, Usage]]:
    """A call whenever the policy summarises."""
    trial = group.trials[0]
    policy = summarising(policies.resolve(trial.policy))
    if policy is None:
        return
    shown = shown_tokens(policy, session, trial.window.budget)
    kept = _kept(policy, trial.window.budget)
    for index in range(len(session.messages)):
        grown = shown[index] + session.offsets[index + 1] - session.offsets[index]
        if shown[index + 1] < grown:
            yield (
                policy.writer or group.model,
                Usage(
                    prompt_tokens=grown - kept + INSTRUCTION_TOKENS,
                    cached_tokens=0,
                    completion_tokens=policy.budget,
                ),
            )


def shown_tokens(policy: Summarise, session: Session, budget_tokens: int) -> list[int]:
    """Tokens of the conversation as the policy leaves it, before each message and at the end.

    Args:
        policy: Its summaries are taken to be as long as they may be.
        session: As it is written.
        budget_tokens: Of the window.
    """
    budget = min(policy.tokens or budget_tokens, budget_tokens)
    shown = [0]
    for index in range(len(session.messages)):
        grown = shown[-1] + session.offsets[index + 1] - session.offsets[index]
        over = grown > policy.at * budget
        shown.append(_kept(policy, budget_tokens) + policy.budget if over else grown)
    return shown


def _kept(policy: Summarise, budget_tokens: int) -> int:
    """Tokens of the newest turns, which a summary leaves as they are."""
    return int(policy.keep * min(policy.tokens or budget_tokens, budget_tokens))
