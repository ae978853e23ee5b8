"""Exports: what each program finds in them; its own reader where it is installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import jsonschema
import polars as pl
import pytest

from harness.reports.exports import StoredRun, exporters
from tests.support.command import SCENARIOS, harness, the_run

SCHEMAS = Path(__file__).parent / "schemas"
FOREIGN = os.environ.get("HARNESS_TEST_EXPORT_PYTHON")
"""A Python in whose environment inspect_ai and datasets are installed, which want other versions
of our dependencies."""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    out = tmp_path_factory.mktemp("out")
    done = harness(
        "run", SCENARIOS / "client-call.yaml", "-m",
        "reference/perfect,reference/window?tokens=600", "-w", "1500", "--seeds", 2,
        "--fills", "0.9", "-q", "--out", out,
    )  # fmt: skip
    assert done.code == 0, done.err
    return StoredRun(the_run(out))


@pytest.fixture
def exported(run, tmp_path):
    return lambda form: exporters.resolve(form).write(run, tmp_path)


def main_scores(run, model):
    return [r["score"] for r in run.records if (r["model"], r["arm"]) == (model, "main")]


def test_inspect_gets_a_log_a_model_with_a_sample_a_trial(run, exported):
    paths = exported("inspect")
    assert len(paths) == 2
    count = 0
    for path in paths:
        with zipfile.ZipFile(path) as archive:
            head = json.loads(archive.read("header.json"))
            names = [name for name in archive.namelist() if name.startswith("samples/")]
            one = json.loads(archive.read(names[0]))
        assert head["results"]["total_samples"] == len(names)
        scores = main_scores(run, head["eval"]["model"])
        mean = head["results"]["scores"][0]["metrics"]["mean"]["value"]
        assert mean == pytest.approx(sum(scores) / len(scores))
        assert one["messages"][-1]["role"] == "assistant"
        assert one["messages"][-2]["content"] == one["input"]
        count += len(names)
    assert count == len(run.records)


def test_every_eval_ever_is_valid_by_its_own_schema(run, exported):
    results, samples = (
        json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
        for name in ("eval", "instance_level_eval")
    )
    counted = 0
    paths = exported("eee")
    for path in paths:
        if path.suffix == ".json":
            whole = json.loads(path.read_text("utf-8"))
            jsonschema.validate(whole, results)
            assert whole["detailed_evaluation_results"]["file_path"].startswith("data/session-")
            (cell,) = whole["evaluation_results"]
            scores = main_scores(run, whole["model_info"]["id"])
            assert cell["score_details"]["score"] == pytest.approx(sum(scores) / len(scores))
        else:
            for line in path.read_text("utf-8").splitlines():
                jsonschema.validate(json.loads(line), samples)
                counted += 1
    assert counted == sum(record["arm"] == "main" for record in run.records)
    again = [path.read_bytes() for path in paths]
    assert [path.read_bytes() for path in exported("eee")] == again


def test_a_data_set_has_a_row_a_trial_and_what_each_was_sent(run, exported):
    card, records, prompts = exported("hf")
    told = card.read_text("utf-8")
    assert told.startswith("---\npretty_name: ")
    assert "path: data/records.parquet" in told
    table = pl.read_parquet(records)
    assert table["key"].to_list() == [record["key"] for record in run.records]
    assert table["score"].to_list() == [record["score"] for record in run.records]
    sent = pl.read_parquet(prompts).row(0, named=True)["messages"]
    assert sent[-1] == {"role": "user", "content": run.records[0]["question"]}


def test_promptfoo_counts_what_passed_and_what_failed(run, exported):
    (path,) = exported("promptfoo")
    found = json.loads(path.read_text("utf-8"))["results"]
    passed = sum(record["score"] == 1.0 for record in run.records)
    assert found["stats"]["successes"] == passed
    assert len(found["results"]) == len(run.records)
    assert {result["promptIdx"] for result in found["results"]} == {0, 1}
    failed = next(result for result in found["results"] if not result["success"])
    assert failed["gradingResult"]["reason"]


def test_the_command_says_where_it_wrote_and_writes_over_nothing(run):
    done = harness("export", run.name, "--to", "promptfoo", "--out", run.folder.parent)
    assert done.code == 0, done.err
    assert done.out.strip().endswith("export-promptfoo/results.json")
    again = harness("export", run.name, "--to", "promptfoo", "--out", run.folder.parent)
    assert again.code == 4
    assert "is there already and holds something; give another, or --force" in again.err
    unknown = harness("export", run.name, "--to", "promptfo", "--out", run.folder.parent)
    assert "unknown exporter 'promptfo': did you mean 'promptfoo'?" in unknown.err


def test_a_run_without_a_record_has_nothing_to_export(run, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "run.json").write_bytes((run.folder / "run.json").read_bytes())
    (empty / "records.jsonl").touch()
    done = harness("export", "empty", "--to", "hf", "--out", tmp_path)
    assert done.code == 5
    assert "empty holds no record to export" in done.err


_READERS = {
    "inspect": (
        "from inspect_ai.log import read_eval_log, read_eval_log_sample_summaries\n"
        "logs = [read_eval_log(path) for path in paths]\n"
        "summaries = [read_eval_log_sample_summaries(path) for path in paths]\n"
        "assert [len(log.samples) for log in logs] == [len(one) for one in summaries]\n"
        "print(sum(len(log.samples) for log in logs), logs[0].samples[0].scores['recall'].value)"
    ),
    "hf": (
        "import os, datasets\n"
        "folder = os.path.dirname(paths[0])\n"
        "loaded = datasets.load_dataset(folder, 'records', split='test')\n"
        "prompts = datasets.load_dataset(folder, 'prompts', split='test')\n"
        "assert prompts[0]['key'] == loaded[0]['key']\n"
        "print(len(loaded), loaded[0]['score'])"
    ),
}


@pytest.mark.slow
@pytest.mark.skipif(FOREIGN is None, reason="HARNESS_TEST_EXPORT_PYTHON names no environment")
@pytest.mark.parametrize("form", _READERS)
def test_the_program_itself_opens_what_was_written(form, run, exported, tmp_path):
    program = f"paths = {[str(path) for path in exported(form)]}\n{_READERS[form]}"
    done = subprocess.run(  # noqa: S603 -- an environment that whoever runs the tests names
        [str(FOREIGN), "-c", program], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": "", "HF_HOME": str(tmp_path / "home")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    count, score = done.stdout.split()[-2:]
    assert int(count) == len(run.records)
    assert float(score) in {0.0, 1.0}


def test_a_damaged_line_ends_an_export_of_tables_before_anything_is_made(run, tmp_path):
    shutil.copytree(run.folder, tmp_path / "bad")
    records = tmp_path / "bad" / "records.jsonl"
    first, *others = records.read_bytes().splitlines(keepends=True)
    records.write_bytes(b"".join([first, b"\xef\xbb\xbf", *others]))  # Python reads such a mark
    done = harness("export", "bad", "--to", "hf", "--out", tmp_path)
    assert done.code == 4
    assert "a line of the records is not one" in done.err
    assert not list(tmp_path.rglob("*.parquet"))


@pytest.mark.parametrize("form", ["inspect", "eee", "hf", "promptfoo"])
def test_half_a_pair_of_surrogates_ends_no_export(run, tmp_path, form):
    folder = tmp_path / run.name
    shutil.copytree(run.folder, folder)
    for name in ("records.jsonl", "messages.jsonl"):
        text = (folder / name).read_text("utf-8")
        half = text.replace('"reply":"', '"reply":"\\ud800').replace(
            '"content":"', '"content":"\\udfff'
        )
        assert half != text
        (folder / name).write_text(half, "utf-8")
    (tmp_path / "out").mkdir()
    written = exporters.resolve(form).write(StoredRun(folder), tmp_path / "out")
    texts = "".join(path.read_text("utf-8") for path in written if path.suffix[:5] == ".json")
    assert form in {"inspect", "hf"} or "\ufffd" in texts
    assert "\\ud800" not in texts
