"""The lengths that others report, by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.analysis.onset.estimate import estimate_onset
from harness.core.errors import UsageError

if TYPE_CHECKING:
    from harness.analysis.onset.effective import EffectiveLengths
    from harness.analysis.onset.rows import Rows


def estimate_lengths(
    rows: Rows,
    *,
    guess: float | None = None,
    level: float = 0.95,
    near_empty: int | None = None,
    window_tokens: int | None = None,
    control: float | None = None,
) -> EffectiveLengths:
    """Effective lengths, half-life and the area under the curve, each with its interval.

    From the same posterior as the onset; see `estimate_onset` for what is asked.

    Args:
        rows: session, fill and score; with `window_limit` the lengths are in tokens too.
        guess: Chance of being right without remembering, in [0, 1); as for `estimate_onset`.
        level: Probability that each interval is to hold, in (0, 1).
        near_empty: The longest prompt of the nearly empty window, in tokens.
        window_tokens: The window, where the rows do not say it.
        control: The end of the nearly empty window as a fill in (0, 1), instead.

    Raises:
        UsageError: Too few rows to tell, or a value is no number or out of its range.
    """
    found = estimate_onset(
        rows,
        guess=guess,
        level=level,
        near_empty=near_empty,
        window_tokens=window_tokens,
        control=control,
        band=False,
    )
    if found.lengths is None:
        raise UsageError(f"no lengths can be told; {found.message}")
    return found.lengths
