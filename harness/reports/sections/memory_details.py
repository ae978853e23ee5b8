"""What stands behind a table of treatments: losses by door, prices, kinds of question, budgets."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.core.spec import Spec
from harness.reports import format as fmt
from harness.reports.sections.memory_treatments import row_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.analysis.summary.memory_model import Carrying, DoorLoss, RecallSplit, Treatments
    from harness.analysis.summary.shares import Share
    from harness.reports.terminal_style import TerminalStyle

_DOORS = (("written", "not written"), ("injected", "not given back"), ("used", "not used"))
_CELL = 12
_SHORTEST_S = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """A small table on the rows of a table of treatments."""

    title: str
    header: tuple[str, ...]
    """Of the columns behind the name."""
    rows: tuple[tuple[str, ...], ...]
    """The name first."""


def details(found: Treatments) -> Iterator[Detail]:
    """The tables that there is something to say in."""
    yield Detail(
        title="lost at each door, in % of what came to it; and answers that are another's",
        header=(*(words for _, words in _DOORS), "swapped", "stale"),
        rows=tuple((row_name(found, row), *_doors(row)) for row in found.rows),
    )
    yield Detail(
        title="what it costs",
        header=("tokens carried", "tokens a session", "$ a session", "s a write", "s a read"),
        rows=tuple((row_name(found, row), *_prices(row)) for row in found.rows),
    )
    for title, splits in (
        ("recall by kind of question, in % (never said: rightly not answered)", found.kinds),
        ("recall by how many sessions later it was asked, in %", found.gaps),
    ):
        if splits:
            yield _split(found, title, splits)


def budgets(found: Treatments) -> Iterator[str]:
    """A sentence for each memory that was run with several budgets."""
    groups: dict[tuple[str, str], list[tuple[int, Carrying]]] = defaultdict(list)
    for row in found.rows:
        spec = Spec.parse(row.memory)
        options = dict(spec.options)
        bound = next((options[name] for name in ("budget", "k") if name in options), "")
        rest = [f"{key}={value}" for key, value in spec.options if value != bound]
        if bound.isdecimal():
            groups[row.policy, "?".join([spec.name, *rest])].append((int(bound), row))
    for (_, name), rows in sorted(groups.items()):
        if len(rows) > 1:
            rows.sort(key=lambda pair: pair[0])
            told = (f"{bound:,}: {_recall(row.share)} %" for bound, row in rows)
            yield f"{name} by budget: {'; '.join(told)}"


def bases(found: Treatments) -> Iterator[str]:
    """What memories say that they rest on."""
    for row in found.rows:
        if row.how:
            yield f"{row.memory}: {'; '.join(row.how)}"


def terminal(found: Treatments, style: TerminalStyle) -> Iterator[str]:
    """The details as lines of a terminal."""
    for one in details(found):
        yield from style.wrapped(one.title)
        heads = ["", *map(_two_lines, one.header)]
        cells = ([fmt.plain(cell) for cell in row] for row in one.rows)
        yield from (*style.table(heads, cells, right=heads[1:], folded=heads[:1]), "")
    for line in (*budgets(found), *bases(found)):
        yield from style.wrapped(line)


def _two_lines(name: str) -> str:
    """The name of a column, in two lines where it is longer than its numbers."""
    return name if len(name) <= _CELL else "\n".join(name.rsplit(" ", 1))


def _split(found: Treatments, title: str, splits: Sequence[RecallSplit]) -> Detail:
    rows = []
    for place, row in enumerate(found.rows):
        cells = (one.shares[place] for one in splits)
        rows.append((row_name(found, row), *map(_recall, cells)))
    return Detail(title=title, header=tuple(one.name for one in splits), rows=tuple(rows))


def _doors(row: Carrying) -> Iterator[str]:
    found = {door.door: door for door in row.doors}
    for door, _ in _DOORS:
        yield _loss(found[door]) if door in found else fmt.NOTHING
    yield from (f"{row.swapped:,}", f"{row.stale:,}")


def _prices(row: Carrying) -> Iterator[str]:
    yield f"{row.carried_tokens:,.0f}"
    yield fmt.NOTHING if row.tokens_per_session is None else f"{row.tokens_per_session:,.0f}"
    yield "unknown" if row.usd_per_session is None else f"{row.usd_per_session:.2g}"
    for seconds in (row.write_s, row.read_s):
        yield _seconds(seconds)


def _seconds(took: float | None) -> str:
    if took is None:
        return fmt.NOTHING
    return "under 0.01" if took < _SHORTEST_S else f"{took:,.2f}"


def _loss(door: DoorLoss) -> str:
    return f"{100 * door.share:.0f} ({fmt.span(door.lo, door.hi)})"


def _recall(share: Share | None) -> str:
    return (
        fmt.NOTHING
        if share is None
        else f"{100 * share.recall:.0f} ({fmt.span(share.lo, share.hi)})"
    )
