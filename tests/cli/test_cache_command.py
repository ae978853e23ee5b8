from __future__ import annotations

import json

import pytest

from harness.sessions.tokens import TokenCounter, counts_kept
from tests.support.command import SCENARIOS, harness, the_run
from tests.support.openai_server import OpenAIServer

NEEDLE = SCENARIOS / "needle.yaml"


@pytest.fixture
def server(httpserver, monkeypatch):
    monkeypatch.delenv("HARNESS_NO_CACHE")
    return OpenAIServer(httpserver)


def run(server, out, *more, seeds=1, fills="0.3,0.9"):
    return harness(
        "run", NEEDLE, "-m", "openai/gpt-4o", "-w", "2k", "--seeds", seeds, "--fills", fills,
        "-M", f"api_base={server.api_base}", "-M", "api_key=none", "--out", out, "-q", *more,
    )  # fmt: skip


def records(out):
    return [json.loads(line) for line in (the_run(out) / "records.jsonl").read_text().splitlines()]


def test_the_same_study_again_is_free_and_a_larger_one_pays_for_what_is_new(server, tmp_path):
    cache = ("--cache", tmp_path / "cache")
    assert run(server, tmp_path / "a", *cache).code == 0
    paid = len(server.requests)
    again = run(server, tmp_path / "b", *cache)
    assert again.code == 0
    assert len(server.requests) == paid
    assert f"cache: {paid} answers were paid for before (--no-cache asks anew)" in again.err
    first, second = records(tmp_path / "a"), records(tmp_path / "b")
    assert {r["answered_by"] for r in second} == {"cache"}
    assert sum(r["cost_usd"] for r in first) > 0
    assert sum(r["cost_usd"] for r in second) == 0
    told = ("key", "reply", "score", "fill", "prompt_tokens", "model_version")
    answers = [sorted([r[t] for t in told] for r in run) for run in (first, second)]
    assert answers[0] == answers[1]
    assert run(server, tmp_path / "c", *cache, seeds=2).code == 0
    by = [r["answered_by"] for r in records(tmp_path / "c")]
    assert by.count("cache") >= len(first)  # closed-book prompts of two seeds may be the same
    assert by.count("model") == len(server.requests) - paid > 0


def test_counts_of_words_are_listed_and_thrown_away(tmp_path, monkeypatch):
    monkeypatch.delenv("HARNESS_NO_CACHE")
    cache = ("--cache", tmp_path / "cache")
    with counts_kept(tmp_path / "cache"):
        TokenCounter().count_text("xylophone-4417 is new")
    listed = harness("cache", "ls", *cache)
    assert "tokens of " in listed.err
    assert str(tmp_path / "cache") in listed.err
    assert "counts of words" not in harness("cache", "prune", *cache).out
    assert "counts of words thrown away" in harness("cache", "prune", "--days", 0, *cache).out
    assert "tokens of " not in harness("cache", "ls", *cache).err


def test_a_run_counts_from_the_cache_and_without_it_leaves_nothing_there(tmp_path, monkeypatch):
    monkeypatch.delenv("HARNESS_NO_CACHE")
    study = ("run", NEEDLE, "-m", "reference/perfect", "-w", "1k", "--seeds", 1, "--fills", "0.5")
    study += ("--no-controls", "-q", "--cache", tmp_path / "cache")
    assert harness(*study, "--no-cache", "--out", tmp_path / "a").code == 0
    assert not (tmp_path / "cache").exists()
    for name in ("b", "c"):
        assert harness(*study, "--out", tmp_path / name).code == 0
    same = [[r["key"] + r["trunk"] for r in records(tmp_path / name)] for name in "abc"]
    assert same[0] == same[1] == same[2]


def test_a_measurement_that_repeats_another_goes_past_the_cache(server, tmp_path):
    cache = ("--cache", tmp_path / "cache")
    run(server, tmp_path / "a", *cache)
    paid = len(server.requests)
    run(server, tmp_path / "b", *cache, "--no-cache")
    assert len(server.requests) == 2 * paid
    run(server, tmp_path / "c", *cache, "--cache-days", 0)
    assert len(server.requests) == 3 * paid


def test_a_model_on_this_machine_is_cached_only_when_a_folder_is_named(
    server, tmp_path, monkeypatch
):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    run(server, tmp_path / "a")
    assert {r["answered_by"] for r in records(tmp_path / "a")} == {"model"}
    assert not (tmp_path / "home").exists()


def test_reference_models_are_never_cached(server, tmp_path):
    result = harness(
        "run", NEEDLE, "-m", "reference/perfect", "-w", "2k", "--seeds", 1, "--fills", "0.5",
        "--cache", tmp_path / "cache", "--out", tmp_path / "out", "-q",
    )  # fmt: skip
    assert result.code == 0
    assert not (tmp_path / "cache").exists()


def test_the_cache_is_seen_pruned_and_found(server, tmp_path, monkeypatch):
    cache = ("--cache", tmp_path / "cache")
    assert harness("cache", "ls", *cache).err.startswith("no answers in ")
    assert harness("cache", "prune", *cache).out == "0 answers thrown away\n"
    assert not (tmp_path / "cache").exists()
    run(server, tmp_path / "a", *cache)
    head, row = harness("cache", "ls", *cache).out.splitlines()
    assert head.split() == ["model", "answers", "KiB", "oldest", "newest"]
    assert row.split()[:2] == ["openai/gpt-4o", str(len(server.requests))]
    assert harness("cache", "path", *cache).out == f"{tmp_path / 'cache' / 'answers.sqlite'}\n"
    assert harness("cache", "prune", *cache, "-m", "other/x", "--days", 0).out.startswith("0 ")
    gone = harness("cache", "prune", *cache, "--days", 0).out
    assert gone == f"{len(server.requests)} answers thrown away\n"
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert harness("cache", "path").out == "/somewhere/session-harness/answers.sqlite\n"


def test_a_cache_that_cannot_be_made_stops_the_run_before_anything_is_paid(server, tmp_path):
    (tmp_path / "file").write_text("")
    result = run(server, tmp_path / "a", "--cache", tmp_path / "file" / "x")
    assert result.code == 4
    assert "use --cache DIR or --no-cache" in result.err
    assert not server.requests
    assert not list(tmp_path.glob("a/*"))
