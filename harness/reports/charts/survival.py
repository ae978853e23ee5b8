"""What is still said after each compaction, and what is answered: one panel a group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.core.printable import how_many
from harness.core.spec import Spec
from harness.reports import format as fmt
from harness.reports.charts.curve import SHAPES
from harness.reports.charts.figure_style import COLOURS, DASHES, MARKS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.analysis.summary.model import Summary
    from harness.analysis.summary.rounds_model import Survival
    from harness.analysis.summary.shares import Share

_WIDTH, _HEIGHT = 380, 260
_COLUMNS = 60
"""Characters of a line above a panel."""
_BESIDE = 0.06
"""Of a round: how far the marks of one round stand from each other, so that each is seen."""


def survival_panels(alt: Any, every: Sequence[Survival]) -> Any:
    """One panel a group, facts and rules apart."""
    return alt.concat(*(_panel(alt, found) for found in every), columns=2, spacing=30)


def survival_caption(summary: Summary, every: Sequence[Survival]) -> list[str]:
    """What stands below the title: how much, when, and how it is read."""
    sessions = max(found.n_sessions for found in every)
    when = fmt.date_range(summary.started_first, summary.started_last)
    return [
        f"{fmt.plain(', '.join(summary.scenarios))}; {how_many(sessions, 'session')}; {when}",
        "Whole line, circles: the share that the session still says.",
        "Dashes, squares: questions that were answered rightly, and replies that kept a rule.",
        "Bars: 95 %. Figures on top: how many sayings went through so many compactions.",
    ]


def _panel(alt: Any, found: Survival) -> Any:
    names = ("still said", "replies that kept it" if found.what == "rules" else "answered rightly")
    last = max(one.round for one in found.rounds)
    x = alt.X(
        "at:Q",
        scale=alt.Scale(domain=[-0.25, max(last, 1) + 0.25], nice=False),
        axis=alt.Axis(title="compactions since it was said", values=list(range(last + 1))),
    )
    y = alt.Y("share:Q", scale=alt.Scale(domain=[0, 100]), title=f"share of {found.what} (%)")
    colour = alt.Color("what:N", scale=_scale(alt, names, COLOURS), legend=None)
    shape = alt.Shape("what:N", scale=_scale(alt, names, [SHAPES[m] for m in MARKS]), legend=None)
    dash = alt.StrokeDash("what:N", scale=_scale(alt, names, list(map(list, DASHES))), legend=None)
    rows = list(_points(found, names))
    chart = alt.Chart(alt.InlineData(values=rows))
    line = chart.mark_line(strokeWidth=2).encode(x=x, y=y, color=colour, strokeDash=dash)
    bars = chart.mark_rule(strokeWidth=1.4, opacity=0.8).encode(
        x=x, y=alt.Y("lo:Q"), y2="hi:Q", color=colour
    )
    dots = chart.mark_point(filled=True, size=70, opacity=1).encode(
        x=x, y=y, color=colour, shape=shape
    )
    sizes = [{"at": one.round, "n": f"{one.kept.n:,}"} for one in found.rounds]
    sizes[0]["n"] = f"n {sizes[0]['n']}"
    above = alt.Chart(alt.InlineData(values=sizes)).mark_text(fontSize=10, color="#555555", dy=-9)
    counts = above.encode(x=x, y=alt.YDatum(100), text="n:N")
    title = alt.TitleParams(_title(found), anchor="start", fontSize=12, offset=16)
    layers = alt.layer(bars, line, dots, counts)
    return layers.properties(width=_WIDTH, height=_HEIGHT, title=title)


def _title(found: Survival) -> list[str]:
    """Whose it is, under which policy, and what half-life it comes to."""
    memory = [] if found.memory == "none" else [f"memory {found.memory}"]
    who = (found.model, f"window of {found.window_limit:,} tokens", *memory)
    half = "nothing lost" if found.half_life is None else f"half lost in {_rounds(found)}"
    lines = fmt.wrap(" | ".join(map(_label, found.policy.split("|"))), _COLUMNS)
    return [fmt.plain(line) for line in (", ".join(who), *lines, half)]


def _label(policy: str) -> str:
    """A policy and its options, without the address of who writes."""
    spec = Spec.parse(policy)
    options = (f"{key}={value}" for key, value in spec.options if key != "writer")
    return " ".join([spec.name, *options])


def _rounds(found: Survival) -> str:
    lo, hi = (
        "" if end is None else f"{end:.2g}" for end in (found.half_life_lo, found.half_life_hi)
    )
    span = f" ({lo or '0'} to {hi})" if hi else f" (at least {lo or '0'})"
    return f"{found.half_life:.2g} compactions{span}"


def _points(found: Survival, names: tuple[str, str]) -> Iterator[dict[str, Any]]:
    for one in found.rounds:
        if one.kept.n:
            yield _point(one.round - _BESIDE / 2, names[0], one.kept)
        if one.answered is not None and one.answered.n:
            yield _point(one.round + _BESIDE / 2, names[1], one.answered)


def _point(at: float, what: str, share: Share) -> dict[str, Any]:
    shares = (100 * share.recall, 100 * share.lo, 100 * share.hi)
    return {"at": at, "what": what, **dict(zip(("share", "lo", "hi"), shares, strict=True))}


def _scale(alt: Any, names: Sequence[str], values: Sequence[Any]) -> Any:
    return alt.Scale(domain=list(names), range=list(values[: len(names)]))
