"""Where forgetting begins: the onset, its interval, and the curve behind it."""

from __future__ import annotations

from harness.analysis.onset.difference import difference
from harness.analysis.onset.estimate import estimate_onset
from harness.analysis.onset.estimate_lengths import estimate_lengths
from harness.analysis.onset.options import USUAL, OnsetOptions
from harness.analysis.onset.result import (
    CurvePoint,
    EffectiveLengths,
    LengthEstimate,
    OnsetDifference,
    OnsetEstimate,
    OnsetPosterior,
    Verdict,
)
from harness.analysis.onset.rows import Rows
from harness.analysis.onset.simulate import simulate

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
