"""The whole command behind servers whose meters read otherwise than ours."""

from __future__ import annotations

import json
import os

import pytest

from harness.analysis.records import read_records
from harness.analysis.summary.build import summarise
from tests.support import zoo_meters as zoo
from tests.support.command import SCENARIOS, harness, the_run

LONG = pytest.mark.skipif(
    not os.environ.get("HARNESS_TEST_LONG"), reason="HARNESS_TEST_LONG=1 or benchmarks/zoo.py"
)


def _one_of(names):
    """Marks a behaviour as one for the long tests where another of these counts as it does."""

    def mark(name):
        return name if name in names else pytest.param(name, marks=LONG)

    return mark


_other = _one_of(
    {"honest", "cached, told", "cached, untold, template", "zero on a hit", "no usage", "rounded",
     "stuck", "newest, half", "middle-out", "keeps the start"}
)  # fmt: skip
_unlike = _one_of({"template", "cached, untold, template", "no usage", "stuck"})


def studied(httpserver, meter, law, out, *, window=8000, seeds=6, fills=8):
    server = zoo.ZooServer(httpserver, law, meter)
    result = harness(
        "run", SCENARIOS / "brand-voice.yaml", "-m", "openai/zoo", "-w", window, "--seeds", seeds,
        "--fills", fills, "-M", f"api_base={server.api_base}", "-M", "api_key=x", "--out", out,
    )  # fmt: skip
    assert result.code == 0, result.err
    folder = the_run(out)
    records = [json.loads(line) for line in (folder / "records.jsonl").read_text().splitlines()]
    (group,) = summarise(read_records(folder)).groups
    return records, group, result


@pytest.mark.parametrize("name", [_other(name) for name in zoo.BEHAVIOURS])
def test_the_onset_of_a_reader_is_found_and_nobody_is_accused_but_who_drops(
    name, httpserver, tmp_path
):
    meter = zoo.BEHAVIOURS[name]
    records, group, result = studied(httpserver, meter, "fading?onset=0.6&limit=8000", tmp_path)
    accused = any(record["server_truncated"] for record in records)
    assert accused is meter.drops
    assert not any(record["provisional"] for record in records)
    assert ("the server dropped" in " ".join(result.out.split())) is meter.drops
    if meter.drops:
        assert group.attribution.by_server > 0
        return
    assert group.attribution.by_server == 0
    assert group.onset.lo <= 0.6 <= group.onset.hi
    long = [r for r in records if r["arm"] == "main" and r["fill_requested"] > 0.05]
    off = max(abs(r["fill"] - r["fill_requested"]) for r in long)
    assert off < 0.01


@pytest.mark.parametrize(
    "name", [_unlike(name) for name, meter in zoo.BEHAVIOURS.items() if not meter.drops]
)
def test_a_reader_that_never_forgets_has_no_onset(name, httpserver, tmp_path):
    _, group, _ = studied(
        httpserver, zoo.BEHAVIOURS[name], "perfect?limit=8000", tmp_path, seeds=5, fills=4
    )
    assert group.onset.onset is None
    assert group.onset.plateau > 0.95


def test_every_prompt_past_half_of_num_ctx_is_found(httpserver, tmp_path):
    server_meter = zoo.newest(4096, to=0.5)
    records, _, _ = studied(httpserver, server_meter, "perfect?limit=8000", tmp_path)
    for record in records:
        past = record["view_tokens"] > 4096
        assert record["server_truncated"] is past
        if past and record["score"] == 0:
            assert record["outcome"] == "server_truncated"
            assert record["dropped"] == "start"


@pytest.mark.parametrize("window", [32_000, pytest.param(128_000, marks=LONG)])
@pytest.mark.parametrize("name", [pytest.param("template", marks=LONG), "cached, told"])
def test_long_windows_are_measured_as_well(name, window, httpserver, tmp_path):
    law = f"fading?onset=0.6&limit={window}"
    records, group, _ = studied(
        httpserver, zoo.BEHAVIOURS[name], law, tmp_path, window=window, seeds=5, fills=6
    )
    assert not any(record["server_truncated"] for record in records)
    assert group.onset.lo <= 0.6 <= group.onset.hi


def test_a_server_that_counts_exactly_aims_every_session(httpserver, tmp_path):
    server = zoo.ZooServer(httpserver, "perfect?limit=8000", zoo.by_kind())
    server.count_before()
    result = harness(
        "run", SCENARIOS / "brand-voice.yaml", "-m", "openai/zoo", "-w", "8k", "--seeds", 3,
        "--fills", 6, "-M", f"api_base={server.api_base}", "--out", tmp_path, "-q",
    )  # fmt: skip
    assert result.code == 0, result.err
    folder = the_run(tmp_path)
    ledger = json.loads((folder / "ledger.json").read_text())
    assert ledger["models"]["openai/zoo"]["counter"] == "vLLM /tokenize"
    lines = (folder / "records.jsonl").read_text().splitlines()
    for record in map(json.loads, lines):
        assert record["exact_tokens"] == record["provider_tokens"]
        if record["arm"] == "main" and record["fill_requested"] > 0.05:
            assert abs(record["fill"] - record["fill_requested"]) < 0.01
