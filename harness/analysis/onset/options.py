"""What is meant by an onset: asked for once, and handed on to whoever estimates one."""

from __future__ import annotations

from dataclasses import dataclass

from harness.core.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class OnsetOptions:
    """The drop that counts, how sure the interval is to be, and when a window is nearly empty."""

    criterion: float = 0.05
    """The drop from the plateau that counts as onset, in (0, 1)."""
    level: float = 0.95
    """Probability that every interval is to hold, in (0, 1)."""
    near_empty: int | None = None
    """The longest prompt of the nearly empty window, in tokens; None for the usual."""

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        for name in ("criterion", "level"):
            value = getattr(self, name)
            if not 0 < value < 1:
                raise UsageError(f"{name} is {value:g}, expected a fraction between 0 and 1")
        if self.near_empty is not None and self.near_empty < 1:
            raise UsageError(
                f"near_empty is {self.near_empty}, expected a number of tokens above 0"
            )


USUAL = OnsetOptions()
"""Five points, 95 %, and 1,000 tokens or a twentieth of the window."""
