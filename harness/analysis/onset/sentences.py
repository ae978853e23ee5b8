"""One plain sentence for every answer.

Its one rule: fractions of the window are said in per cent of it, drops in points, and a sentence
never says more than the verdict.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.analysis.onset.result import OnsetEstimate


def percent(fraction: float) -> str:
    """A fraction as a whole per cent, or with one digit where it is not whole.

    >>> percent(0.62), percent(0.6125)
    ('62 %', '61.3 %')
    """
    return f"{_number(100 * fraction)} %"


def points(fraction: float) -> str:
    """A drop as points.

    >>> points(0.05), points(0.01)
    ('5 points', '1 point')
    """
    number = _number(100 * fraction)
    return f"{number} point{'' if number == '1' else 's'}"


def _number(value: float) -> str:
    return f"{round(value + 1e-9, 1):.1f}".removesuffix(".0")


def sentence(estimate: OnsetEstimate) -> str:
    """The answer in words."""
    if estimate.verdict == "insufficient":
        return f"cannot tell: {estimate.missing}"
    if estimate.verdict == "floor":
        plateau = 0.0 if estimate.plateau is None else estimate.plateau
        return f"poor from the start (plateau {percent(plateau)}): no onset can be told"
    text = _detected(estimate) if estimate.verdict == "detected" else _not_reached(estimate)
    if not estimate.has_controls:
        text += (
            "; no probe of the nearly empty window, so the drop is counted from the fills up to "
            f"{percent(estimate.control)}"
        )
    return text


def _detected(estimate: OnsetEstimate) -> str:
    onset, lo, hi = (x or 0.0 for x in (estimate.onset, estimate.lo, estimate.hi))
    return (
        f"forgetting begins at {percent(onset)} of the window "
        f"({percent(estimate.level)} interval {percent(lo)[:-2]} to {percent(hi)})"
    )


def _not_reached(estimate: OnsetEstimate) -> str:
    text = f"no drop of {points(estimate.criterion)} or more"
    lo, end = estimate.lo or 0.0, estimate.max_fill or 0.0
    if lo < end:
        text += (
            f" found up to {percent(end)} of the window ({percent(estimate.level)} interval: none "
            f"before {percent(lo)})"
        )
    else:
        text += f" up to {percent(end)} of the window"
    if estimate.smallest_drop is not None:
        text += f"; smallest drop this run could see: {points(estimate.smallest_drop)}"
    return text
