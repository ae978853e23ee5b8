"""Where forgetting begins: the onset, its interval, and the curve behind it."""

from __future__ import annotations

from harness.analysis.calibration.simulated_laws import simulate
from harness.analysis.onset.difference import difference
from harness.analysis.onset.estimate import estimate_onset
from harness.analysis.onset.result import (
    CurvePoint,
    OnsetDifference,
    OnsetEstimate,
    OnsetPosterior,
    Verdict,
)
from harness.analysis.onset.rows import Rows

__all__ = [
    "CurvePoint",
    "OnsetDifference",
    "OnsetEstimate",
    "OnsetPosterior",
    "Rows",
    "Verdict",
    "difference",
    "estimate_onset",
    "simulate",
]
