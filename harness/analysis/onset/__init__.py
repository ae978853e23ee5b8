"""Where forgetting begins: the onset, its interval, and the curve behind it."""

from __future__ import annotations

from harness.analysis.calibration.simulated_laws import simulate
from harness.analysis.onset.difference import OnsetDifference, difference
from harness.analysis.onset.effective import EffectiveLengths, LengthEstimate
from harness.analysis.onset.estimate import estimate_onset
from harness.analysis.onset.estimate_lengths import estimate_lengths
from harness.analysis.onset.options import USUAL, OnsetOptions
from harness.analysis.onset.result import (
    CurvePoint,
    OnsetEstimate,
    OnsetPosterior,
    Verdict,
)
from harness.analysis.onset.rows import Rows

__all__ = [
    "USUAL",
    "CurvePoint",
    "EffectiveLengths",
    "LengthEstimate",
    "OnsetDifference",
    "OnsetEstimate",
    "OnsetOptions",
    "OnsetPosterior",
    "Rows",
    "Verdict",
    "difference",
    "estimate_lengths",
    "estimate_onset",
    "simulate",
]
