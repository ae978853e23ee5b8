"""Of which series a row of a table speaks, so that the filters of the page apply to it too."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from harness.reports.format import plain

if TYPE_CHECKING:
    from harness.analysis.summary.adherence_model import Adherence
    from harness.analysis.summary.rounds_model import SaidInContrast, Survival


def shown_with(*others: str, **conditions: str | int | None) -> str:
    """What a row needs to be shown: series that are on and agree with all conditions, as JSON.

    Args:
        others: Models that must each have such a series: the two that are compared.
        conditions: Model, window, policy, memory, layout; None is no condition.

    >>> shown_with(model="a", window=8000)
    '[{"model": "a", "window": 8000}]'
    >>> shown_with("a", "b", window=8000)
    '[{"window": 8000, "model": "a"}, {"window": 8000, "model": "b"}]'
    """
    told = {k: plain(v) if isinstance(v, str) else v for k, v in conditions.items() if v}
    needs = [{**told, "model": plain(model)} for model in others] or [told]
    return json.dumps(needs, ensure_ascii=False)


def shown_with_group(found: Adherence | Survival | SaidInContrast) -> str:
    """What a finding about one group of records needs to be shown."""
    return shown_with(
        model=found.model,
        window=found.window_limit,
        policy=found.policy,
        memory=found.memory,
        layout=found.layout,
    )
