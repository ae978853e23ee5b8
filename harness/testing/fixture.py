"""`harness_run`: scenarios from tests written in Python.

Its one rule: what it runs goes the way of the collected items: the same settings, the same
cassette, and nothing is paid twice in a session.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.core.study import unique

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

    from harness.analysis.onset import OnsetEstimate
    from harness.core.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """What came of one call of the fixture."""

    folder: Path
    """The run."""
    records: tuple[Record, ...]
    """Every trial, control arms included."""

    @property
    def scored(self) -> tuple[Record, ...]:
        """The probes of the main arm that were measured and ask for something that was said."""
        return tuple(
            record
            for record in self.records
            if record.arm == "main" and record.counts == "recall" and record.score is not None
        )

    @property
    def recall(self) -> float | None:
        """Mean score, in [0, 1]; None where nothing was measured."""
        scores = [record.score for record in self.scored if record.score is not None]
        return sum(scores) / len(scores) if scores else None

    @property
    def missed(self) -> tuple[Record, ...]:
        """Those that were not fully right."""
        return tuple(record for record in self.scored if (record.score or 0.0) < 1.0)

    @property
    def failed(self) -> tuple[Record, ...]:
        """Calls that ended in an error, or in a reply that was cut: not measured."""
        return tuple(record for record in self.records if record.status in {"error", "cut"})

    @property
    def onset(self) -> OnsetEstimate:
        """Where forgetting begins."""
        from harness.analysis.onset import estimate_onset
        from harness.analysis.onset.rows import MAX_FILL

        return estimate_onset(
            [
                {
                    "session": record.session,
                    "fill": record.fill,
                    "score": record.score,
                    "guess": record.guess,
                    "window_limit": record.window_limit,
                }
                for record in self.scored
                if record.fill <= MAX_FILL
            ]
        )


class HarnessRun:
    """Runs scenarios; see `__call__`."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def __call__(
        self,
        paths: str | Path | Sequence[str | Path],
        *,
        model: str | None = None,
        window: str | None = None,
        **changes: Any,
    ) -> Recalled:
        """The records of some scenarios.

        Args:
            paths: Scenario files; relative ones start at the root of the tests.
            model: In place of the setting; several separated by commas.
            window: In place of the setting.
            changes: Other options of `harness run` by name: seeds, repeats, policy, fills,
                system_prompt, controls.

        Raises:
            HarnessError: They could not be run.
        """
        from harness.testing.collect import batches_at

        batches = batches_at(self._config)
        given = [paths] if isinstance(paths, str | Path) else list(paths)
        if model is not None:
            changes["models"] = unique(model.split(","), "model")
        if window is not None:
            changes["windows"] = window
        files = [self._config.rootpath / path for path in given]
        ran = batches.run(batches.settings.study(files, **changes))
        return Recalled(folder=ran.folder, records=ran.records)
