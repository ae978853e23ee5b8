"""One plain sentence for every answer.

Its one rule: fractions of the window are said in per cent of it, drops in points, and a sentence
never says more than the verdict.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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


def place(fill: float, window_tokens: int | None) -> str:
    """A place in the window: in per cent, and in tokens where they are known.

    >>> place(0.012, 128_000), place(0.6, None)
    ('1.2 % of the window (1,536 tokens)', '60 % of the window')
    """
    of_window = f"{percent(fill)} of the window"
    return (
        of_window if window_tokens is None else f"{of_window} ({fill * window_tokens:,.0f} tokens)"
    )


def sentence(estimate: OnsetEstimate) -> str:
    """The answer in words."""
    if estimate.verdict == "insufficient":
        return f"cannot tell: {estimate.missing}"
    if estimate.verdict == "floor":
        plateau = 0.0 if estimate.plateau is None else estimate.plateau
        needle = _needle(estimate)
        return f"poor from the start (plateau {percent(plateau)}{needle}): no onset can be told"
    text = _BY_VERDICT[estimate.verdict](estimate)
    if not estimate.has_controls:
        text += (
            "; no probe of the nearly empty window, so the drop is counted from the fills up to "
            f"{percent(estimate.control)}"
        )
    if estimate.facts_tokens is not None:
        text += (
            f"; the facts alone take {estimate.facts_tokens:,} tokens, so the window counts as "
            f"nearly empty up to {estimate.base_tokens or 0:,}"
        )
    if estimate.weak and estimate.plateau is not None and estimate.verdict != "before":
        text += f"; weak from the start (plateau {percent(estimate.plateau)}{_needle(estimate)})"
    return text


def _needle(estimate: OnsetEstimate) -> str:
    """Recall with nothing but the facts, where it was asked."""
    if estimate.needle_recall is None:
        return ""
    return f", {percent(estimate.needle_recall)} with nothing but the facts"


def _detected(estimate: OnsetEstimate) -> str:
    onset, lo, hi = (x or 0.0 for x in (estimate.onset, estimate.lo, estimate.hi))
    level = percent(estimate.level)
    text = (
        f"forgetting begins at {percent(onset)} of the window "
        f"({level} interval {percent(lo)[:-2]} to {percent(hi)})"
    )
    if estimate.onset_tokens is None:
        return text
    return (
        f"{text}, {estimate.onset_tokens:,} tokens "
        f"({estimate.lo_tokens or 0:,} to {estimate.hi_tokens or 0:,})"
    )


def _before(estimate: OnsetEstimate) -> str:
    base = place(estimate.control, None)
    if estimate.base_tokens is not None:
        base = f"{estimate.base_tokens:,} tokens ({percent(estimate.control)} of the window)"
    return (
        f"forgetting begins before {base}: recall there is {percent(estimate.plateau or 0.0)}, and "
        f"{percent(estimate.needle_recall or 0.0)} with nothing but the facts"
    )


def _not_reached(estimate: OnsetEstimate) -> str:
    text = f"no drop of {points(estimate.criterion)} or more"
    lo, end = estimate.lo or 0.0, estimate.max_fill or 0.0
    if lo < end:
        text += (
            f" found up to {place(end, estimate.window_tokens)} ({percent(estimate.level)} "
            f"interval: none before {percent(lo)})"
        )
    else:
        text += f" up to {place(end, estimate.window_tokens)}"
    if estimate.smallest_drop is not None:
        text += f"; smallest drop this run could see: {points(estimate.smallest_drop)}"
    return text


def _cannot_tell(estimate: OnsetEstimate) -> str:
    seeds = estimate.seeds_needed or 0
    return (
        f"cannot tell whether a drop of {points(estimate.criterion)} or more lies before "
        f"{place(estimate.max_fill or 0.0, estimate.window_tokens)}: the smallest drop this run "
        f"could see is {points(estimate.smallest_drop or 1.0)}; about {seeds:,} seeds would do "
        f"(it had {estimate.n_sessions:,} sessions)"
    )


_BY_VERDICT: Mapping[str, Callable[[OnsetEstimate], str]] = {
    "detected": _detected,
    "before": _before,
    "not_reached": _not_reached,
    "cannot_tell": _cannot_tell,
}
