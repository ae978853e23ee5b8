"""Summaries for the renderers. The onsets are fixed: goldens say nothing of the estimator."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import pytest

from harness.analysis.onset import CurvePoint, OnsetEstimate
from harness.analysis.records import from_records
from harness.analysis.summary.build import summarise
from tests.support.records import failed, make_record, missed, simulated_run

if TYPE_CHECKING:
    from harness.analysis.summary.model import Summary
    from harness.core.record import Record

NASTY = "evil|model \x1b[31mred\x1b[0m <b>`*"


def fixed_onset(**overrides: Any) -> OnsetEstimate:
    values: dict[str, Any] = {
        "verdict": "detected", "detected": True, "onset": 0.6125, "lo": 0.55, "hi": 0.7,
        "level": 0.95, "criterion": 0.05, "guess": 0.0, "control": 0.05, "has_controls": True,
        "plateau": 0.953, "plateau_lo": 0.92, "plateau_hi": 0.98, "phi": 1.2, "n_probes": 192,
        "n_sessions": 12, "n_excluded": 3, "max_fill": 0.99, "smallest_drop": 0.08,
        "probability_none": 0.01, "monotone": True, "recovery_p": 0.6, "missing": None,
        "posterior": None,
        "curve": tuple(
            CurvePoint(fill=x / 20, recall=y, lo=y - 0.06, hi=min(y + 0.05, 1))
            for x, y in enumerate([0.95] * 12 + [0.8] + [0.52] * 8)
        ),
    }  # fmt: skip
    return OnsetEstimate(**(values | overrides))


@pytest.fixture(scope="session")
def records() -> list[Record]:
    """Three groups: one that forgets, one with a nasty name, one that was hardly measured."""
    main = simulated_run()
    main += [failed(session=f"brand-voice/{i}", fill=0.7) for i in range(3)]
    main += [failed(session="brand-voice/9", fill=1.03, status="overflow", error="too long")]
    main += [missed(outcome="evicted", in_view=False, fill=0.95, repeat=i) for i in range(1, 5)]
    main += [
        missed(probe_kind="abstain", fact="never", score=1.0, session=f"brand-voice/{i}")
        for i in range(12)
    ]
    main += [make_record(scenario="a_b|c", session="a_b|c/0", fact="one")]
    other = simulated_run(lambda _: 0.95, model=NASTY, window_limit=32768, cost_usd=None)
    few = [make_record(model="few", fill=fill, fill_requested=fill) for fill in (0.25, 0.5, 1.0)]
    controls = [missed(arm="closed_book", score=1.0, session=f"b/{i}") for i in range(9)]
    controls += [
        make_record(arm="closed_book", score=0.0, session="b/9", model=NASTY, window_limit=32768)
    ]
    controls += [make_record(arm="needle_only", session=f"b/{i}") for i in range(9)]
    controls += [missed(arm="needle_only", session="b/9", model="few")]
    return [*main, *other, *few, *controls]


@pytest.fixture(scope="session")
def summary(records: list[Record]) -> Summary:
    """The summary of those records."""
    found = summarise(from_records(records))
    nasty, few, main = found.groups
    flat = tuple(CurvePoint(fill=x / 4, recall=0.95, lo=0.9, hi=0.98) for x in range(5))
    past = {"onset": None, "hi": None, "detected": False, "curve": flat}
    none = {"onset": None, "lo": None, "hi": None, "detected": False, "curve": ()}
    none |= {"plateau": None, "has_controls": False}
    changed = (
        dataclasses.replace(
            nasty,
            onset=(onset := fixed_onset(verdict="not_reached", lo=0.9, **past)),
            own_onset=onset,
        ),
        dataclasses.replace(
            few,
            onset=(unknown := fixed_onset(verdict="insufficient", missing="one session", **none)),
            own_onset=unknown,
        ),
        dataclasses.replace(
            main,
            onset=fixed_onset(),
            own_onset=fixed_onset(onset=0.64, lo=0.57),
            scenarios=(
                main.scenarios[0],
                dataclasses.replace(main.scenarios[1], onset=fixed_onset(onset=0.62)),
            ),
        ),
    )
    return dataclasses.replace(found, groups=changed)
