"""What survives compactions, as sentences and rows for every form of the report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from harness.core.printable import how_many
from harness.reports import format as fmt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.analysis.summary.rounds_model import Round, Survival
    from harness.analysis.summary.shares import Share

_DOORS = {
    "cleared": "in a result that was cleared (application)",
    "left_out": "left out of the summary (compaction)",
    "garbled": "garbled in the summary (compaction)",
    "unused": "in the summary and not used (model)",
}
_LUCKY = 0.5


@dataclass(frozen=True, slots=True)
class SurvivalSection:
    """What survives compactions: its title, its sentences and its table."""

    header: ClassVar[tuple[str, ...]] = (
        "round>",
        "still said>",
        "95 %>",
        "n>",
        "lost in it>",
        "answered>",
        "n>",
    )

    def title(self, found: Survival, /) -> str:
        """What it is of."""
        return f"{found.what} through compactions: {found.model}, {found.window_limit:,} tokens"

    def sentences(self, found: Survival, /) -> Iterator[str]:
        """What a report says above the table."""
        yield f"policy {found.policy}, memory {found.memory}, layout {found.layout}"
        most = max((one.round for one in found.rounds), default=0)
        yield (
            f"{how_many(found.n, found.what.removesuffix('s'))} followed in"
            f" {how_many(found.n_sessions, 'session')}, through at most"
            f" {how_many(most, 'compaction')}"
        )
        if found.loss is not None:
            yield _rate(found.loss, found)
        if found.cliff is not None:
            yield f"round {found.cliff} is a cliff: it loses more than all other rounds"
        if found.doors:
            doors = (f"{_DOORS[door.name]} {door.n:,}" for door in found.doors)
            yield f"questions that missed: {'; '.join(doors)}"
        if found.luck is not None:
            yield _luck(found)
        if found.n_several:
            yield (
                f"{how_many(found.n_several, 'question')} that need several sayings are not in the"
                " table"
            )

    def rows(self, found: Survival, /) -> Iterator[tuple[str, ...]]:
        """The cells of the table."""
        yield from map(_row, found.rounds)


def _rate(loss: Share, found: Survival) -> str:
    said = (
        f"a round loses {fmt.percent(loss.recall)} ({fmt.span(loss.lo, loss.hi, digits=1)}) of"
        " what was still said"
    )
    if found.half_life is None:
        least = "" if found.half_life_lo is None else f"; half lasts {_count(found.half_life_lo)}"
        return f"{said}{least} rounds or more" if least else said
    ends = f"{_count(found.half_life_lo)}–{_count(found.half_life_hi)}"
    return f"{said}; half is lost after {_count(found.half_life)} rounds ({ends})"


def _count(rounds: float | None) -> str:
    return "∞" if rounds is None else f"{rounds:.1f}"


def _luck(found: Survival) -> str:
    share = found.luck or 0.0
    ends = ""
    if found.luck_lo is not None and found.luck_hi is not None:
        ends = f" ({fmt.span(found.luck_lo, found.luck_hi)})"
    whose = "mostly the writer's luck" if share > _LUCKY else "mostly what the method does"
    return (
        f"over {how_many(found.n_repeats, 'repeat')}, {fmt.percent(share, 0)}{ends} of what varies"
        f" in what survives lies between repeats of one session: {whose}"
    )


def _row(one: Round) -> tuple[str, ...]:
    answered = one.answered
    return (
        str(one.round),
        fmt.percent(one.kept.recall),
        fmt.span(one.kept.lo, one.kept.hi),
        f"{one.kept.n:,}",
        fmt.percent(one.loss.recall if one.loss else None),
        fmt.percent(answered.recall if answered else None),
        f"{answered.n:,}" if answered else fmt.NOTHING,
    )
