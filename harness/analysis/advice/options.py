"""What is asked of an advice: the working session, and what is known of the compaction."""

from __future__ import annotations

from dataclasses import dataclass

from harness.core.errors import UsageError

SESSION_WINDOWS = 4
"""A working session has so many windows of text, unless it is said how long it is."""
TURN_TOKENS = 500
"""By so much it grows between two calls, unless that is said."""
SUMMARY_TOKENS = 400
"""What a summary takes, where no run tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceOptions:
    """The working session that is asked about; None: as is usual, or as the run tells."""

    session_tokens: int | None = None
    turn_tokens: int = TURN_TOKENS
    half_life_tokens: int | None = None
    thresholds: tuple[int, ...] = ()
    """Judge these only; empty: twentieths of what was measured."""
    survival: tuple[float, float] | None = None
    """Of the first round and of each later one, where they are known from elsewhere."""
    summary_tokens: int | None = None
    kept_share: float | None = None
    level: float = 0.95

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        for name in ("session_tokens", "turn_tokens", "half_life_tokens", "summary_tokens"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise UsageError(f"{name} is {value}, expected a number of tokens above 0")
        for value in self.survival or ():
            if not 0 <= value <= 1:
                raise UsageError(f"survival is {value:g}, expected a share in [0, 1]")
        if self.kept_share is not None and not 0 <= self.kept_share < 1:
            raise UsageError(f"kept_share is {self.kept_share:g}, expected a share in [0, 1)")


USUAL = AdviceOptions()
"""Four windows of text, 500 tokens a turn, everything asked about equally often."""
