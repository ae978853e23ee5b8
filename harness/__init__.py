"""Where does a chat model begin to forget as a session approaches its context window?

The front door: everything that the command does, from Python. Names are loaded when they are first
used, so importing this costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.analysis.comparison.two_runs import Comparison, compare
    from harness.analysis.onset import (
        EffectiveLengths,
        OnsetEstimate,
        difference,
        estimate_lengths,
        estimate_onset,
    )
    from harness.analysis.records import read_records, read_runs
    from harness.analysis.summary.build import summarise
    from harness.api.report import Report
    from harness.api.run import arun, run
    from harness.api.run_result import RunResult
    from harness.core.errors import HarnessError
    from harness.core.messages import Message, Turn
    from harness.core.probe import Probe, Reply, Score
    from harness.core.record import Record
    from harness.core.scenario import Fact, Fills, Scenario
    from harness.core.study import Plan, Study
    from harness.core.window import History, Span, View, Window
    from harness.models import make_model
    from harness.reports import render
    from harness.reports.terminal import terminal
    from harness.runs.limits import Limits
    from harness.runs.run import plan
    from harness.scenarios import load, load_all
    from harness.sessions.tokens import TokenCounter

_HOMES = {
    "Comparison": "harness.analysis.comparison.two_runs",
    "EffectiveLengths": "harness.analysis.onset",
    "Fact": "harness.core.scenario",
    "Fills": "harness.core.scenario",
    "HarnessError": "harness.core.errors",
    "History": "harness.core.window",
    "Limits": "harness.runs.limits",
    "Message": "harness.core.messages",
    "OnsetEstimate": "harness.analysis.onset",
    "Plan": "harness.core.study",
    "Probe": "harness.core.probe",
    "Record": "harness.core.record",
    "Reply": "harness.core.probe",
    "Report": "harness.api.report",
    "RunResult": "harness.api.run_result",
    "Scenario": "harness.core.scenario",
    "Score": "harness.core.probe",
    "Span": "harness.core.window",
    "Study": "harness.core.study",
    "TokenCounter": "harness.sessions.tokens",
    "Turn": "harness.core.messages",
    "View": "harness.core.window",
    "Window": "harness.core.window",
    "arun": "harness.api.run",
    "compare": "harness.analysis.comparison.two_runs",
    "difference": "harness.analysis.onset",
    "estimate_lengths": "harness.analysis.onset",
    "estimate_onset": "harness.analysis.onset",
    "load": "harness.scenarios",
    "load_all": "harness.scenarios",
    "make_model": "harness.models",
    "plan": "harness.runs.run",
    "read_records": "harness.analysis.records",
    "read_runs": "harness.analysis.records",
    "render": "harness.reports",
    "run": "harness.api.run",
    "summarise": "harness.analysis.summary.build",
    "terminal": "harness.reports.terminal",
}

__all__ = [
    "Comparison",
    "EffectiveLengths",
    "Fact",
    "Fills",
    "HarnessError",
    "History",
    "Limits",
    "Message",
    "OnsetEstimate",
    "Plan",
    "Probe",
    "Record",
    "Reply",
    "Report",
    "RunResult",
    "Scenario",
    "Score",
    "Span",
    "Study",
    "TokenCounter",
    "Turn",
    "View",
    "Window",
    "arun",
    "compare",
    "difference",
    "estimate_lengths",
    "estimate_onset",
    "load",
    "load_all",
    "make_model",
    "plan",
    "read_records",
    "read_runs",
    "render",
    "run",
    "summarise",
    "terminal",
]


def __getattr__(name: str) -> Any:
    """A name of the Python API, imported from its module when it is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module 'harness' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
