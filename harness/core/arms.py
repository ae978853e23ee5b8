"""What an arm means, once: which sessions have filler, are told the fact, and are sent first.

The main arm is the experiment; the others are controls, which tell a model that does not know how
to answer, or that knows without having been told, from one that forgets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from harness.core.near_empty import near_empty_fill

Arm = Literal["main", "closed_book", "needle_only", "fact_removed", "nothing_carried"]
Stage = Literal["bare", "opening", "main"]

STAGES: tuple[Stage, ...] = ("bare", "opening", "main")
"""The order in which the sessions of a model are sent: each teaches how to aim the next."""


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


def nearly_empty(fill: float | None, window_tokens: int, facts_tokens: float = 0) -> bool:
    """Whether a session of that fill leaves the window nearly empty; None asks for no fill.

    Args:
        fill: As it was asked for.
        window_tokens: The window.
        facts_tokens: What the facts take by themselves; 0 where it is not known.
    """
    return fill is None or fill <= near_empty_fill(window_tokens, facts_tokens)
