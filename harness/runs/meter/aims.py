"""What sessions are aimed with: from how a provider counts to how long a session is to be.

A session of a scenario grows evenly: so many messages and so much of each kind of text with every
local token. So what its provider counts is a straight line over its local length, which is all that
a window needs to know.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.core.arms import Stage
    from harness.runs.meter.count_model import CountModel

_STEPS = 1000
"""Ratios are whole thousandths, so that two runs against one provider build the same bytes."""
_MOST_ERROR = 0.004
"""Sessions are aimed shorter by the standard error of what was learnt, but by no more than this:
they are to stay below the ceiling and within a point of their fill."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """The line over the local length of a session that its provider counts along."""

    ratio: float = 1.0
    """Provider's tokens for one local token more."""
    overhead: int = 0
    """Provider's tokens that are there before the first of ours."""


ANY = ""
"""The texture of every session, in ledgers that knew of one alone."""

UNAIMED = Aim()
"""Before anything is known, a provider's token counts as one of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AimedPrompt:
    """How a prompt is made up."""

    local: int
    """Local tokens."""
    messages: int
    kinds: tuple[int, ...]
    """Local tokens of its texts, by kind; see `harness.core.text_kinds`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LengthAims:
    """The aims of one model, as each stage of a run takes them for granted."""

    opening: tuple[tuple[str, Aim], ...] = ()
    """By texture, see `texture`."""
    main: tuple[tuple[str, Aim], ...] = ()
    _by_stage: dict[str, dict[str, Aim]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        opening = dict(self.opening)
        object.__setattr__(
            self, "_by_stage", {"opening": opening, "main": opening | dict(self.main)}
        )

    def of(self, stage: Stage, texture: str) -> Aim:
        """What sessions of that stage and texture are built with; bare ones have no length."""
        if stage == "bare":
            return UNAIMED
        known = self._by_stage[stage]
        of_all = known.get(texture.partition("#")[0], known.get(ANY, UNAIMED))
        return known.get(texture, of_all)


def texture(scenario: str, variant: str, limit: int, seed: int | None = None) -> str:
    """Names sessions that are made up alike: of one scenario, system prompt, window and seed.

    Without a seed it names those of all seeds: what one of which nothing is known is aimed by.

    >>> texture("needle", "", 8000), texture("needle", "terse", 8000, 3)
    ('needle@8000', 'needle[terse]@8000#3')
    """
    named = f"{scenario}[{variant}]" if variant else scenario
    return f"{named}@{limit}" if seed is None else f"{named}@{limit}#{seed}"


def is_of_one_seed(texture: str) -> bool:
    """Whether a texture is that of the sessions of a single seed."""
    return "#" in texture


def aim(model: CountModel, prompts: Sequence[AimedPrompt]) -> Aim:
    """The line through what a provider would count of these prompts.

    Args:
        model: How it counts.
        prompts: Of the sessions that are to be aimed, of several lengths.
    """
    if not prompts:
        return UNAIMED
    import numpy as np

    local = np.array([prompt.local for prompt in prompts], dtype=np.float64)
    counted = model.predict(
        np.array([prompt.messages for prompt in prompts], dtype=np.float64),
        np.array([prompt.kinds for prompt in prompts], dtype=np.float64),
    )
    away = local - local.mean()
    spread = float(np.sum(away**2))
    slope = float(np.sum(away * counted)) / spread if spread else 0.0
    overhead = float(counted.mean()) - slope * float(local.mean())
    if slope <= 0 or overhead < 0:  # too few lengths to tell the two apart
        slope, overhead = float(np.max(counted / local)), 0.0
    slope *= 1 + min(model.error, _MOST_ERROR)
    return Aim(
        ratio=math.ceil(round(slope * _STEPS, 3)) / _STEPS,
        overhead=math.ceil(round(overhead, 3)),
    )
