"""What a run came to, as a person at a prompt looks at it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from harness.core.errors import UsageError
from harness.runs.result import RunTotals

if TYPE_CHECKING:
    import polars as pl

    from harness.analysis.onset import OnsetEstimate
    from harness.api.report import Report
    from harness.core.study import Study


@dataclass(frozen=True, kw_only=True, repr=False)
class RunResult(RunTotals):
    """What a run came to: how many trials have a record, and the ways to look at them."""

    names: tuple[tuple[str, str], ...] = ()
    """Models and what reports call them."""

    @classmethod
    def of(cls, totals: RunTotals, study: Study) -> RunResult:
        """The totals of a run of that study."""
        held = {field.name: getattr(totals, field.name) for field in fields(RunTotals)}
        return cls(**held, names=study.names)

    def records(self) -> pl.DataFrame:
        """Its records as a polars frame, a row a trial; docs/records.md says what columns are."""
        from harness.analysis.records import collect, read_records

        return collect(read_records(self.folder).lazy())

    def report(self) -> Report:
        """Its report: print it, show it in a notebook, or `.save("report.html")`."""
        from harness.api.report import Report

        return Report.of([self.folder], names=dict(self.names))

    def onset(self, *, model: str | None = None, window: int | None = None) -> OnsetEstimate:
        """Where forgetting begins.

        Args:
            model: Which model, by its name or what it is called; not needed for an only one.
            window: Which window, in tokens; likewise.

        Raises:
            UsageError: There is none, or several.
        """
        groups = [
            group
            for group in self.report().summary.groups
            if model in {None, group.model, group.name} and window in {None, group.window_limit}
        ]
        if len(groups) == 1:
            return groups[0].onset
        groups = groups or list(self.report().summary.groups)
        known = "; ".join(f"model={g.name!r}, window={g.window_limit}" for g in groups)
        raise UsageError(f"say whose onset is meant; there is: {known}")

    def __repr__(self) -> str:
        errors = f", {self.errors:,} errors" if self.errors else ""
        return (
            f"RunResult({self.folder.name!r}: {self.recorded:,} of {self.planned:,} trials{errors})"
        )

    def _repr_html_(self) -> str:
        return self.report()._repr_html_()
