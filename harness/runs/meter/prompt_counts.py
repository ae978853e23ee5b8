"""What was counted of the prompts of one model, and how its provider counts by that.

numpy is imported where the first count is read, since no run needs it before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.core.record import to_json
from harness.runs.meter.aims import AimedPrompt
from harness.runs.meter.readings import ReadingsBuilder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.core.record import Record
    from harness.runs.meter.count_model import CountModel
    from harness.runs.meter.readings import Flags, Floats

_MOST_COUNTED = 50_000
"""Calls of one model that are learned from."""

_FEW = 4
"""With fewer prompts nobody can tell whether their counts grow."""


@dataclass(slots=True)
class PromptCounts:
    """What was counted of the prompts of one model: by the server beforehand, or in its usage."""

    exact: dict[str, set[tuple[AimedPrompt, float]]] = field(default_factory=dict)
    """By scenario."""
    usage: ReadingsBuilder = field(default_factory=ReadingsBuilder)
    scenarios: list[str] = field(default_factory=list)
    """Of the readings, in their order."""

    def observe(self, record: Record) -> None:
        """Note a call that was answered; so many tell all that more could."""
        if len(self.scenarios) >= _MOST_COUNTED:
            return
        self.usage.add(to_json(record))
        self.scenarios.append(record.scenario)

    def models(self) -> dict[str, CountModel]:
        """How prompts were counted, by scenario; the same in whatever order they came in.

        Counts that leave out what a cache held are mended or left out.
        """
        if not self.exact and not self.scenarios:
            return {}
        import numpy as np

        from harness.runs.meter.cached import whole_counts

        found = {scenario: set(counted) for scenario, counted in self.exact.items()}
        x = self.usage.readings()
        counts = whole_counts(x)
        for row in np.flatnonzero(counts.trusted):
            prompt = AimedPrompt(
                local=int(x.local[row]),
                messages=int(x.messages[row]),
                kinds=tuple(int(tokens) for tokens in x.kinds[row]),
            )
            counted = (prompt, float(counts.tokens[row]))
            found.setdefault(self.scenarios[int(row)], set()).add(counted)
        return {scenario: _model(counted) for scenario, counted in sorted(found.items())}


def _model(counted: Iterable[tuple[AimedPrompt, float]]) -> CountModel:
    """How these prompts were counted.

    Long ones whose counts do not grow were cut by the server: they teach nothing.
    """
    import numpy as np

    from harness.runs.meter.fit import fit, rounding

    rows = sorted((p.local, p.messages, p.kinds, tokens) for p, tokens in counted)
    columns = (np.array(column, dtype=np.float64) for column in zip(*rows, strict=True))
    local, messages, kinds, tokens = columns
    kept = ~_cut(local, tokens)
    return fit(messages[kept], kinds[kept], tokens[kept], quantum=rounding(tokens))


def _cut(local: Floats, counted: Floats) -> Flags:
    """Which prompts seem to have been cut: the longest, where their counts do not grow."""
    import numpy as np

    from harness.runs.meter.cap import FLAT, growth_of

    long: Flags = 2 * local >= local.max()
    if long.sum() >= _FEW and local[long].max() > local[long].min():
        growth, error = growth_of(local[long], counted[long])
        if growth + 2 * error < FLAT:
            return long
    return np.zeros(len(local), dtype=np.bool_)
