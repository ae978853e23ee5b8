"""`harness run --adaptive`: the chooser of the analysis, put before the runner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.analysis.adaptive import Choice
    from harness.core.draws import Draws
    from harness.core.study import Study
    from harness.runs.adaptive import Ended
    from harness.runs.result import RunResult


@dataclass(frozen=True, slots=True)
class Informed:
    """Asks what tells most about the onset for its tokens, and stops at the half-width."""

    half_width: float

    def choose(
        self,
        rows: Sequence[Mapping[str, Any]],
        *,
        size: int,
        sessions: int,
        batch: int,
        draws: Draws,
        fills_up_to: float,
        control: float,
    ) -> Sequence[Choice]:
        """The next batch."""
        from harness.analysis.adaptive import next_batch

        return next_batch(
            rows,
            size=size,
            sessions=sessions,
            batch=batch,
            draws=draws,
            fills_up_to=fills_up_to,
            control=control,
        )

    def stop(self, rows: Sequence[Mapping[str, Any]], *, control: float) -> str | None:
        """Why enough is known, or None while it is not."""
        from harness.analysis.adaptive_stop import stop

        found = stop(rows, half_width=self.half_width, control=control)
        return None if found is None else found.reason


def run_adaptive(study: Study, aim: Mapping[str, Any], **how: Any) -> tuple[RunResult, list[Ended]]:
    """Run until the aim is reached or something is used up.

    Args:
        study: What is asked for.
        aim: Fields of harness.runs.aim.Aim.
        how: As harness.runs.run_adaptive takes it.
    """
    from harness.runs.aim import Aim
    from harness.runs.run_adaptive import run_adaptive as replay

    wanted = Aim(**aim)
    return replay(study, wanted, Informed(wanted.half_width), **how)
