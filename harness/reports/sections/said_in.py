"""Recall by where it was said, as sentences and rows for every form of the report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from harness.reports import format as fmt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.analysis.summary.rounds_model import SaidInContrast, SaidInRow

NAMES = {
    "user": "by the user",
    "assistant": "by the assistant",
    "tool_result": "in a tool's result",
    "tool_call": "in a tool's call",
}


@dataclass(frozen=True, slots=True)
class SaidInSection:
    """Recall by where it was said: its title, its sentences and its table."""

    header: ClassVar[tuple[str, ...]] = (
        "said",
        "asked>",
        "in view>",
        "recall>",
        "95 %>",
        "points>",
        "95 %>",
    )

    def title(self, found: SaidInContrast, /) -> str:
        """What it is of."""
        return f"where it was said: {found.model}, {found.window_limit:,} tokens"

    def sentences(self, found: SaidInContrast, /) -> Iterator[str]:
        """What a report says above the table."""
        yield f"policy {found.policy}, memory {found.memory}, layout {found.layout}"
        where = NAMES[found.against]
        for row in found.rows:
            if row.effect is None or row.lo is None or row.hi is None:
                continue
            ends = f"95 % interval {_points(row.lo)} to {_points(row.hi)}"
            verdict = "no difference can be told"
            if row.hi < 0:
                verdict = "worse, surely"
            elif row.lo > 0:
                verdict = "better, surely"
            yield (
                f"facts said {NAMES[row.said_in]}, beside the same said {where}, both in view:"
                f" {_points(row.effect)} points of recall ({ends}): {verdict}"
            )

    def rows(self, found: SaidInContrast, /) -> Iterator[tuple[str, ...]]:
        """The cells of the table."""
        yield from map(_row, found.rows)


def _points(effect: float) -> str:
    return f"{round(100 * effect) or 0:+d}" if round(100 * effect) else "0"


def _row(row: SaidInRow) -> tuple[str, ...]:
    told = row.effect is not None and row.lo is not None and row.hi is not None
    return (
        NAMES[row.said_in],
        f"{row.n:,}",
        fmt.percent(row.sent, 0),
        fmt.percent(row.share.recall if row.share else None),
        fmt.span(row.share.lo, row.share.hi) if row.share else fmt.NOTHING,
        _points(row.effect or 0.0) if told else fmt.NOTHING,
        f"{_points(row.lo or 0.0)} to {_points(row.hi or 0.0)}" if told else fmt.NOTHING,
    )
