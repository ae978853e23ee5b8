from __future__ import annotations

import pytest

import harness


def test_every_exported_name_is_there_and_the_list_is_sorted():
    assert list(harness.__all__) == sorted(harness.__all__)
    assert set(harness.__all__) == set(harness._HOMES)
    for name in harness.__all__:
        assert getattr(harness, name).__doc__


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'harness' has no attribute 'forget'"):
        _ = harness.forget


def test_a_study_runs_from_python(tmp_path):
    study = harness.Study(
        scenarios=harness.load_all(["scenarios/brand-voice.yaml"]),
        models=("reference/perfect",),
        windows=("4k",),
        seeds=5,
        fills=harness.Fills(count=6),
    )
    planned = harness.plan(study)
    result = harness.run(study, out=tmp_path)
    assert result.complete
    assert result.recorded == len(planned.trials)
    frame = harness.read_records(result.folder)
    rows = frame.collect().filter(arm="main").to_dicts()
    estimate = harness.estimate_onset(rows)
    assert not estimate.detected
    assert estimate.onset is None
    assert "no drop of 5 points" in harness.terminal(harness.summarise(frame))
