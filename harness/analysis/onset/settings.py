"""What one estimate is asked for, checked: every number in its range, every end a fill."""

from __future__ import annotations

from dataclasses import dataclass

from harness.core.errors import UsageError
from harness.core.near_empty import NEAR_EMPTY_SHARE, near_empty_fill


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateSettings:
    """What is meant by an onset in one fit, with the nearly empty window as a fill."""

    criterion: float
    """The drop from the plateau that counts, in (0, 1)."""
    guess: float
    """Chance of being right without remembering, in [0, 1)."""
    level: float
    """Probability that every interval is to hold, in (0, 1)."""
    control: float
    """Where the nearly empty window ends, as a fill in (0, 1)."""
    floor: float
    """A plateau less than this above `guess` is poor from the start, in (0, 1)."""
    window_tokens: int | None
    """The window, where it is one and known."""
    facts_tokens: int | None
    """What the facts take by themselves, where that is what moved the end of the nearly empty
    window."""

    def tokens(self, fill: float | None) -> int | None:
        """A fill in tokens, where the window is known."""
        if fill is None or self.window_tokens is None:
            return None
        return round(fill * self.window_tokens)


def settings(
    *,
    criterion: float,
    guess: float,
    level: float,
    near_empty: int | None,
    window_tokens: int | None,
    control: float | None,
    floor: float | None,
    facts_tokens: float,
) -> EstimateSettings:
    """The settings, or what is wrong with them; see `estimate_onset` for what each means.

    Raises:
        UsageError: A number is out of its range.
    """
    end = _near_empty(control, near_empty, window_tokens, facts_tokens)
    by_facts = control is None and near_empty is None and end > near_empty_fill(window_tokens or 1)
    return EstimateSettings(
        criterion=_fraction("criterion", criterion),
        guess=_fraction("guess", guess, zero=True),
        level=_fraction("level", level),
        control=end,
        floor=min(4 * criterion, 0.99) if floor is None else _fraction("floor", floor),
        window_tokens=window_tokens,
        facts_tokens=round(facts_tokens) if by_facts else None,
    )


def _near_empty(
    control: float | None, near_empty: int | None, window_tokens: int | None, facts_tokens: float
) -> float:
    """Where the nearly empty window ends, as a fill."""
    if control is not None:
        return _fraction("control", control)
    if window_tokens is not None and window_tokens < 1:
        raise UsageError(f"window_tokens is {window_tokens}, expected a number of tokens above 0")
    if near_empty is None:
        if window_tokens is None:
            return NEAR_EMPTY_SHARE
        return near_empty_fill(window_tokens, facts_tokens)
    if window_tokens is None:
        raise UsageError(
            "near_empty is in tokens, and the rows do not name one window: give them a column "
            "'window_limit', or say window_tokens"
        )
    if not 0 < near_empty < window_tokens:
        raise UsageError(
            f"near_empty is {near_empty} tokens, expected a number above 0 and under the window's "
            f"{window_tokens}"
        )
    return near_empty / window_tokens


def _fraction(name: str, value: float, *, zero: bool = False) -> float:
    if not (0 <= value < 1 if zero else 0 < value < 1):
        raise UsageError(f"{name} is {value}, expected a fraction between 0 and 1")
    return float(value)
