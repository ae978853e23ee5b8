"""Sessions from their blueprints as they are written, when nobody has to be asked.

Its one rule: a chain is built from its first session on, for each uses up what the next must not
say again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.sessions.builder import Builder, Supply
from harness.sessions.opening import opening
from harness.sessions.policies import reminding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.core.protocols import Policy
    from harness.core.session import Blueprint, Plant, Session
    from harness.sessions.builder import Growth, Reminder
    from harness.sessions.materials import Materials


def reminder_of(policy: Policy, materials: Materials) -> Reminder | None:
    """What the policy says again as a session grows; None for most policies."""
    reminds = reminding(policy)
    if reminds is None:
        return None
    standing = [message.text for message in materials.system]
    return lambda turns, rules: reminds.reminder(turns, "\n".join([*standing, *rules]))


def build(
    blueprint: Blueprint, materials: Materials, *, reminder: Reminder | None = None
) -> Session:
    """The session that the blueprint describes, as it is written: nobody has to be asked.

    Of a chain this is the last session, with its system prompt and nothing remembered.

    Args:
        blueprint: What is said.
        materials: Scenario and seed.
        reminder: What the application says again as the session grows.

    Raises:
        UsageError: The filler is too little, or a checkpoint is too short for what must be said.
    """
    for session in built(blueprint, materials, reminder=reminder):
        last = session
    return last


def built(
    blueprint: Blueprint, materials: Materials, *, reminder: Reminder | None = None
) -> Iterator[Session]:
    """The sessions of a chain as they are written, the one that the blueprint describes last.

    Arguments and errors are those of `build`.
    """
    supply = Supply()
    before: tuple[Plant, ...] = ()
    for number, one in enumerate((*blueprint.earlier, blueprint), start=1):
        builder = Builder(
            one,
            materials,
            start=opening(materials, one.carry),
            supply=supply,
            before=before,
            reminder=reminder,
            stepwise=False,
            number=number,
        )
        session = played(builder.grow())
        before = ledger(session)
        yield session


def played(growth: Growth) -> Session:
    """The session when every reply is the one that is written."""
    try:
        while True:
            next(growth)
    except StopIteration as end:
        session: Session = end.value
        return session


def ledger(session: Session) -> tuple[Plant, ...]:
    """The plants of a session that is over, as the next one of the chain counts them."""
    length = session.cuts[-1].tokens
    return tuple(
        replace(plant, message=-1, offset_tokens=plant.offset_tokens - length)
        for plant in session.plants
    )
