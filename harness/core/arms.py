"""What an arm means, once: which sessions have filler, are told the fact, and are sent first.

The main arm is the experiment; the others are controls, which tell a model that does not know how
to answer, or that knows without having been told, from one that forgets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from harness.core.record import Record
    from harness.core.session import Blueprint

Arm = Literal["main", "closed_book", "needle_only", "fact_removed", "nothing_carried"]
Stage = Literal["bare", "opening", "main"]

STAGES: tuple[Stage, ...] = ("bare", "opening", "main")
"""The order in which the sessions of a model are sent: each teaches how to aim the next."""

NEARLY_EMPTY = 0.05
"""The fill up to which a window counts as nearly empty: the model's own plateau is read there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmMeaning:
    """What is done to the sessions of an arm."""

    bare: bool
    """No filler: only what is planted, if that. No tokenizer can get such a length wrong."""
    told: bool
    """Whether the model is told the fact that is asked. Where not, the right answer is that it was
    never said."""
    early: bool
    """Sent before the long sessions of the main arm: its filler teaches how to aim theirs."""
    as_written: bool
    """Sent as it is written, whatever the treatment: no live reply, no memory, no compaction."""


ARMS: dict[Arm, ArmMeaning] = {
    "main": ArmMeaning(bare=False, told=True, early=False, as_written=False),
    "closed_book": ArmMeaning(bare=True, told=False, early=True, as_written=True),
    "needle_only": ArmMeaning(bare=True, told=True, early=True, as_written=True),
    "fact_removed": ArmMeaning(bare=False, told=False, early=True, as_written=False),
    "nothing_carried": ArmMeaning(bare=False, told=False, early=False, as_written=True),
}

UNTOLD: tuple[str, ...] = tuple(name for name, arm in ARMS.items() if not arm.told)
"""The arms in which the model was told nothing of the fact that is asked."""


def stage_of(arm: Arm, *, opening: bool) -> Stage:
    """When a session is sent.

    Args:
        arm: Main, or which control.
        opening: Whether the session is that of a nearly empty window.
    """
    if ARMS[arm].bare:
        return "bare"
    return "opening" if opening or ARMS[arm].early else "main"


def nearly_empty(fill: float | None) -> bool:
    """Whether a session of that fill leaves the window nearly empty; None asks for no fill."""
    return fill is None or fill <= NEARLY_EMPTY


def opens(blueprint: Blueprint) -> bool:
    """Whether a planned session is so short that no server would truncate it."""
    if blueprint.earlier:
        return False  # what is carried into it may be long
    return all(nearly_empty(cut.fill_requested) for cut in blueprint.cuts)


def teaches(record: Record) -> bool:
    """Whether a record was made to teach how its provider counts, before the long sessions."""
    if record.session_number > 1:
        return False  # what was carried into it may be long
    if ARMS[record.arm].early:
        return True
    return record.fill_requested is not None and nearly_empty(record.fill_requested)
