"""The lines at the end of a pytest session: what was recalled, by scenario, model and window.

Its one rule: everything comes out of the reports, so that it is the same with and without workers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.core.printable import how_many
from harness.reports import format as fmt

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pytest


def write_summary(
    terminal: pytest.TerminalReporter, lines: Sequence[tuple[str, str, Mapping[str, str]]]
) -> None:
    """Write the section.

    Args:
        terminal: Where to.
        lines: Node id, outcome and properties of each item that ran.
    """
    told = [(node, outcome, found) for node, outcome, found in lines if "recall" in found]
    if not told:
        return
    terminal.section("harness")
    width = max(len(_name(node)) for node, _, _ in told)
    for node, outcome, found in sorted(told):
        recall = fmt.percent(float(found["recall"])) if found["recall"] else fmt.NOTHING
        missed = f"  missed: {found['missed']}" if found["missed"] else ""
        terminal.line(
            f"{outcome:<6} {fmt.fit_columns(fmt.plain(_name(node)), width)} {recall:>8} of"
            f" {found['probes']:>4}{missed}"
        )
    runs = {found["run"]: found for _, _, found in told}
    calls = sum(int(found["calls"]) for found in runs.values())
    costs = [found["cost_usd"] for found in runs.values()]
    cost = "unknown" if not all(costs) else f"${sum(map(float, costs)):.4f}"
    terminal.line(f"{how_many(calls, 'call')} made, cost {cost}; run {', '.join(sorted(runs))}")


def _name(node: str) -> str:
    return node.rpartition("::")[2]
