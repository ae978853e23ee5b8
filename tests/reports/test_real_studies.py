"""Reports of real models behind real servers, from their records, as docs/real-models.md shows.

Each was behind a server that counts every prompt before it is sent. `recall-tiny-2k` attends to
512 tokens and no further; `smollm2-8k` and `gemma-16k` are public chat models, in studies that
were stopped before every session had grown to the end; the second came in two runs.
`HARNESS_GOLDEN=write` writes the reports anew.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.analysis.records import read_records
from harness.analysis.summary.build import summarise
from harness.reports import render

if TYPE_CHECKING:
    from harness.analysis.summary.model import Summary

STUDIES = Path(__file__).parent / "real"
NAMES = ("recall-tiny-2k", "smollm2-8k", "gemma-16k")


@dataclass(frozen=True)
class Study:
    """A study, unpacked and summed up."""

    folder: Path
    summary: Summary
    told: list[dict[str, Any]]
    """Its records as they came."""


def unpacked(name, out):
    folder = out / name
    folder.mkdir()
    shutil.copy(STUDIES / name / "run.json", folder)
    raw = gzip.decompress((STUDIES / name / "records.jsonl.gz").read_bytes())
    (folder / "records.jsonl").write_bytes(raw)
    told = [json.loads(line) for line in raw.decode().splitlines()]
    return Study(folder, summarise(read_records(folder)), told)


@pytest.fixture(scope="module")
def studies(tmp_path_factory):
    out = tmp_path_factory.mktemp("real")
    return {name: unpacked(name, out) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_the_report_of_a_real_study_is_the_golden_one(name, studies, tmp_path):
    output, golden = tmp_path / "report.md", STUDIES / name / "report.md"
    render(studies[name].summary, read_records(studies[name].folder), output)
    if os.environ.get("HARNESS_GOLDEN") == "write":
        golden.write_bytes(output.read_bytes())
    assert output.read_text(encoding="utf-8") == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_a_server_that_read_every_prompt_whole_is_accused_of_none(name, studies):
    (group,) = studies[name].summary.groups
    assert group.attribution.by_server == group.attribution.by_nobody == 0
    assert group.attribution.by_model > 0
    said = read_records(studies[name].folder).collect()["server_truncated"].to_list()
    assert said == [False] * len(said)


def test_the_length_at_which_a_real_model_forgets_is_found(studies):
    (group,) = studies["recall-tiny-2k"].summary.groups
    assert group.onset.lo_tokens <= 512 <= group.onset.hi_tokens
    assert group.onset.hi_tokens - group.onset.lo_tokens < 64


@pytest.mark.parametrize("name", NAMES)
def test_every_count_is_the_servers_own_of_the_prompt_in_its_template(name, studies):
    for record in studies[name].told:
        assert record["exact_tokens"] == record["provider_tokens"] == record["prompt_tokens"]


def test_what_a_small_model_loses_is_its_own_and_its_onset_has_an_interval(studies):
    (group,) = studies["smollm2-8k"].summary.groups
    assert group.onset.verdict == "detected"
    assert group.onset.lo_tokens < group.onset.onset_tokens < group.onset.hi_tokens < 4_000
    assert 0.8 < group.onset.plateau < 1
