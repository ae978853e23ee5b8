"""The report of a study of a real model behind a real server, from the records as they came.

SmolLM2-135M-Instruct behind llama.cpp, as docs/real-models.md shows it. `HARNESS_GOLDEN=write`
writes the report anew.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
from pathlib import Path

import pytest

from harness.analysis.records import read_records
from harness.analysis.summary.build import summarise
from harness.reports import render

STUDY = Path(__file__).parent / "real" / "smollm2-8k"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The run folder, unpacked."""
    place = tmp_path_factory.mktemp("real") / "smollm2-8k"
    place.mkdir()
    shutil.copy(STUDY / "run.json", place)
    (place / "records.jsonl").write_bytes(
        gzip.decompress((STUDY / "records.jsonl.gz").read_bytes())
    )
    return place


@pytest.fixture(scope="module")
def records(folder):
    lines = (folder / "records.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def summary(folder):
    return summarise(read_records(folder))


def test_its_report_is_the_golden_one(folder, summary, tmp_path):
    output = tmp_path / "report.md"
    render(summary, read_records(folder), output)
    golden = STUDY / "report.md"
    if os.environ.get("HARNESS_GOLDEN") == "write":
        golden.write_bytes(output.read_bytes())
    assert output.read_text(encoding="utf-8") == golden.read_text(encoding="utf-8")


def test_no_prompt_is_called_cut_by_a_server_that_read_all_of_each(records, summary):
    answered = [record for record in records if record["provider_tokens"] is not None]
    assert {record["server_truncated"] for record in answered} == {False}
    (group,) = summary.groups
    assert group.attribution.by_server == group.attribution.by_nobody == 0
    assert group.attribution.by_model > 0


def test_every_count_is_the_servers_own_of_the_prompt_with_its_template(records):
    answered = [record for record in records if record["provider_tokens"] is not None]
    assert answered
    for record in answered:
        assert record["exact_tokens"] == record["provider_tokens"] == record["prompt_tokens"]
        assert record["usage_source"] == "provider"


def test_fills_are_met_within_a_point(records):
    for record in records:
        if record["arm"] == "main" and record["fill_requested"] > 0.05:
            assert abs(record["fill"] - record["fill_requested"]) < 0.01
