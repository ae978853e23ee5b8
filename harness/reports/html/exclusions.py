"""What is not in the curves, and why: nothing is left out without a line."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from harness.reports import format as fmt

if TYPE_CHECKING:
    from harness.analysis.summary.model import Summary

_WHY = {
    "cut": "settings: the reply was cut before it held an answer",
    "error": "the call failed: no score, and no miss either",
    "overflow": "refused as too long for the window: a result of its own, not a miss",
    "refused": "the provider refused to answer: no score",
    "ok": "answered, but the reply could not be scored",
}

_TWICE = "one of each is kept: the one that has a score, then the later"
_NEVER = "told apart, under each answer: they measure invention, not memory"
_CONTROLS = "told apart, under Controls: they check the instrument"
_SAMPLE = (
    "they count in every figure; the page carries a sample, drawn evenly over series, fill and"
    " outcome"
)


def left_out(summary: Summary, data: dict[str, Any]) -> list[dict[str, str]]:
    """Lines of how many, what and why."""
    statuses: Counter[str] = Counter()
    never = 0
    mends: dict[str, None] = {}
    for group in summary.groups:
        mends |= dict.fromkeys(group.attribution.mends)
        statuses.update({count.name: count.n for count in group.attribution.unscored})
        never += group.abstain.n if group.abstain else 0
    controls = sum(control.n + control.not_measured for control in summary.controls)
    how = {"cut": f": {fmt.mend(tuple(mends))}"} if mends else {}
    unscored = [
        (n, f"probes with status {name}", _WHY.get(name, "no score") + how.get(name, ""))
        for name, n in sorted(statuses.items())
    ]
    rows = [
        (summary.n_duplicates, "records stored twice", _TWICE),
        *unscored,
        (never, "probes of what was never said", _NEVER),
        (controls, "probes of control arms", _CONTROLS),
        (data["stored"] - data["carried"], "records not carried by this page", _SAMPLE),
    ]
    return [{"n": f"{n:,}", "what": fmt.plain(what), "why": why} for n, what, why in rows if n]
