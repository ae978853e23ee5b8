from __future__ import annotations

import json
import shutil

import pytest

from harness.reports.format import width
from tests.support.command import SCENARIOS, harness, the_run

VOICE = SCENARIOS / "brand-voice.yaml"
FADING = "reference/fading?limit=4000&onset=0.3"


def a_run(out, model, *more, window="4k"):
    result = harness(
        "run", VOICE, "-m", model, "-w", window, "--seeds", 6, "--fills", 6, "--no-controls",
        *more, "--out", out,
    )  # fmt: skip
    assert result.code == 0, result.err
    return the_run(out)


@pytest.fixture(scope="module")
def perfect(tmp_path_factory):
    return a_run(tmp_path_factory.mktemp("perfect"), "reference/perfect")


@pytest.fixture(scope="module")
def fading(tmp_path_factory):
    return a_run(tmp_path_factory.mktemp("fading"), FADING)


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """One run of three models over two windows."""
    models = f"reference/perfect,{FADING},reference/swap?rate=0.5"
    return a_run(tmp_path_factory.mktemp("both"), models, window="4k,8k")


def words(result):
    return " ".join(result.out.split())


def test_two_runs_of_two_models_are_told_apart_with_an_interval(perfect, fading):
    result = harness("compare", perfect, fading)
    assert result.code == 0, result.err
    assert "reference/fading?limit=4000&onset=0.3 recalls" in words(result)
    assert "points less than reference/perfect (95 % interval" in words(result)
    assert "in 6 sessions; p = 0.031" in words(result)
    assert "method: sign flips of session means" in words(result)
    assert "onset of B: forgetting begins at" in words(result)
    assert max(width(line) for line in result.out.splitlines()) <= 80


def test_a_run_against_an_equal_one_finds_no_difference(perfect, tmp_path):
    copy = tmp_path / "again"
    shutil.copytree(perfect, copy)
    result = harness("compare", perfect, copy)
    assert result.code == 0
    assert "run again recalls as much as run" in words(result)
    assert "model reference/perfect" in words(result)


def test_models_of_one_run_need_no_second_run(both):
    result = harness("compare", both, "--models", "perfect,fading")
    assert result.code == 0, result.err
    data = report(both, "--models", "perfect,fading")
    assert [match["window_limit"] for match in data["matches"]] == [4000, 8000]
    assert data["matches"][0]["comparison"]["effect"] < -0.2
    assert data["matches"][0]["comparison"]["n_comparisons"] == 2


def report(*args):
    """What the JSON form says."""
    output = args[0].parent / "versus.json"
    result = harness("compare", *args, "-o", output)
    assert result.code == 0, result.err
    assert result.out.strip() == str(output)
    return json.loads(output.read_text())


def test_every_pair_of_models_is_one_family(both):
    data = report(both)
    assert len(data["matches"]) == 6
    assert {match["comparison"]["n_comparisons"] for match in data["matches"]} == {6}
    assert "p after Holm's correction for 6 comparisons" in words(harness("compare", both))


def test_a_reference_halves_the_table(both):
    data = report(both, "--reference", "perfect")
    assert len(data["matches"]) == 4
    assert {match["comparison"]["a"] for match in data["matches"]} == {"reference/perfect"}
    result = harness("compare", both, "--reference", "perfetc")
    assert (result.code, "--reference has no side 'perfetc'" in result.err) == (4, True)


def test_windows_of_one_run_are_compared_by_checkpoint(both):
    data = report(both, "--by", "window")
    assert len(data["matches"]) == 3
    for match in data["matches"]:
        assert match["window_limit"] is None
        assert match["comparison"]["n_pairs"] > 100


def test_a_side_may_be_one_model_of_a_run(both, fading):
    result = harness("compare", f"{both}::perfect", fading, "--level", 0.9)
    assert result.code == 0, result.err
    assert "(90 % interval" in words(result)
    assert "not compared: in reference/perfect but not in" in words(result)
    assert "window 8,000" in words(result)


def test_a_reference_may_be_named_as_it_was_given(both, perfect, fading):
    side = f"{both}::swap"
    result = harness("compare", perfect, fading, side, "--reference", side)
    assert result.code == 0, result.err
    assert "A - C" in result.out
    assert "B - A" not in result.out


def test_other_policies_are_compared_on_the_same_trials(perfect, tmp_path):
    dropped = a_run(tmp_path, "reference/perfect", "--policy", "drop_oldest", "--fills", "0.5,1.5")
    kept = a_run(tmp_path / "kept", "reference/perfect", "--fills", "0.5,1.5")
    result = harness("compare", kept, dropped)
    assert result.code == 0, result.err
    assert "window 4,000 tokens, memory none" in words(result)


def test_markdown_and_text_are_files_too(perfect, fading, tmp_path):
    files = [tmp_path / "x.md", tmp_path / "x.txt"]
    result = harness("compare", perfect, fading, "-o", files[0], "-o", files[1])
    assert result.out.split() == [str(file) for file in files]
    assert files[0].read_text().startswith("# Comparison\n")
    assert files[1].read_text() == harness("compare", perfect, fading).out
    assert sorted(tmp_path.iterdir()) == sorted(files)


def test_nothing_that_pairs_is_exit_code_five(perfect, tmp_path):
    other = a_run(tmp_path, "reference/perfect", window="8k")
    result = harness("compare", perfect, other)
    assert result.code == 5
    assert "Nothing to compare: the sides share no" in result.err
    assert "window 8,000" in result.err
    assert "run both with the same -w" in result.err
    assert not result.out


def test_too_few_sessions_are_a_sentence_and_no_number(tmp_path):
    run = tmp_path / "few"
    result = harness(
        "run", VOICE, "-m", f"reference/perfect,{FADING}", "-w", "4k", "--seeds", 2,
        "--fills", 4, "--no-controls", "--out", run,
    )  # fmt: skip
    assert result.code == 0
    result = harness("compare", the_run(run))
    assert result.code == 0
    assert "2 sessions have pairs and a 95 % interval takes 6" in words(result)
    assert "run both on at least 4 more seeds" in words(result)
    assert "no difference of onsets; reference/fading" in words(result)
    assert "reference/perfect: cannot tell: only 2 sessions" in words(result)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("latest", "latest"), "reference/perfect in run"),
        (("latest",), "one model (reference/perfect) is nothing to compare"),
        (("latest", "--by", "policy"), "one policy (send_all) is nothing to compare"),
        (("latest", "latest", "--by", "window"), "--models and --by are about one run"),
        (("latest", "--models", "a,b", "--by", "window"), "--models goes with --by model"),
        (("latest::gpt", "latest"), "has no model 'gpt'"),
        (("latest", "nowhere"), "unknown run 'nowhere'"),
        (("latest", "-o", "x.pdf"), "'x.pdf': no comparison ends in '.pdf' (known suffixes: .md"),
        (("latest", "-o", "no/x.md"), "the folder 'no' does not exist; make it first"),
        (("latest", "--level", "95"), "95.0 is not in the range 0<x<1"),
        ((), "Missing argument 'RUN[::MODEL]...'"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_its_reason(perfect, args, message):
    result = harness("compare", *args, "--out", perfect.parent)
    assert result.code == 4
    assert message in result.err
