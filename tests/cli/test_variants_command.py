"""`harness run --system-prompt` and `--variant`: the same sessions under other prompts."""

from __future__ import annotations

import json

import pytest

from tests.support.command import harness, the_run
from tests.support.small import small

FAST = ("-m", "reference/perfect", "-w", "1k", "--seeds", "6", "--no-controls", "-q")


def records(run):
    return [json.loads(line) for line in (run / "records.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """One run under two prompts and the scenario's own."""
    folder = tmp_path_factory.mktemp("variants")
    small(folder)
    (folder / "v1.txt").write_text("Answer carefully.")
    (folder / "v2.txt").write_text("Answer at once, and in as few words as can be.")
    done = harness(
        "run", "small.yaml", *FAST, "--out", folder,
        "--variant", "v1=v1.txt", "--variant", "v2=v2.txt", "--variant", "own=", cwd=folder,
    )  # fmt: skip
    assert done.code == 0, done.err
    return the_run(folder)


def test_each_record_names_its_variant_and_pairs_by_session(both):
    found = records(both)
    assert {record["variant"] for record in found} == {"v1", "v2", "own"}
    assert {record["session"] for record in found} == {f"small/{seed}" for seed in range(6)}
    assert len({record["key"] for record in found}) == len(found)


def test_the_prompt_is_what_was_sent(both):
    chosen = {r["variant"]: r["key"] for r in records(both)}
    for name, text in (("v1", "Answer carefully."), ("v2", "Answer at once")):
        shown = harness("show", both, chosen[name], "--messages")
        first = json.loads(shown.out.splitlines()[0])
        assert first["role"] == "system"
        assert first["content"].startswith(text)


def test_compare_pairs_the_variants_of_one_run_without_being_told(both):
    done = harness("compare", both, "-o", both / "c.json")
    assert done.code == 0, done.err
    found = json.loads((both / "c.json").read_text())
    assert found["by"] == "variant"
    assert [side["name"] for side in found["sides"]] == ["own", "v1", "v2"]
    assert all(match["comparison"]["n_pairs"] > 20 for match in found["matches"])


def test_a_report_never_pools_two_prompts(both):
    done = harness("report", both)
    for name in ("[v1]", "[v2]", "[own]"):
        assert f"reference/perfect {name}" in done.out


def test_a_run_of_one_prompt_pairs_with_a_run_of_another(tmp_path):
    small(tmp_path)
    for name in ("v1", "v2"):
        (tmp_path / f"{name}.txt").write_text(f"Prompt {name}.")
        done = harness(
            "run", tmp_path / "small.yaml", *FAST, "--out", tmp_path / name,
            "--system-prompt", tmp_path / f"{name}.txt",
        )  # fmt: skip
        assert done.code == 0, done.err
    done = harness("compare", the_run(tmp_path / "v1"), the_run(tmp_path / "v2"))
    assert done.code == 0
    assert "recalls as much as" in done.out


def test_a_resumed_run_keeps_its_prompts(both):
    path = both / "records.jsonl"
    kept = path.read_text().splitlines(keepends=True)
    path.write_text("".join(kept[:10]))
    done = harness("run", "--resume", both, "-q")
    assert done.code == 0, done.err
    assert {r["key"] for r in records(both)} == {json.loads(line)["key"] for line in kept}
    refused = harness("run", "--resume", both, "--variant", "v3=v1.txt")
    assert (refused.code, "--variant cannot change" in refused.err) == (4, True)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--variant", "v2"), "--variant 'v2': expected NAME=FILE"),
        (("--variant", "a b=x.txt"), "--variant 'a b=x.txt': expected NAME=FILE"),
        (("--variant", "a=", "--variant", "a="), "variant 'a' is given twice"),
        (("--variant", "a=none.txt"), "--variant a: none.txt: No such file"),
        (("--system-prompt", "none.txt"), "--system-prompt: none.txt: No such file"),
        (("--system-prompt", "latin.txt"), "--system-prompt: latin.txt: not UTF-8 text"),
        (("--system-prompt", "x.txt", "--variant", "a="), "--system-prompt is one prompt"),
        (
            ("--adaptive", "--variant", "a=", "--variant", "b=x.txt"),
            "--adaptive searches under one",
        ),
    ],
)
def test_a_wrong_prompt_is_told_in_one_line(tmp_path, options, message):
    (tmp_path / "latin.txt").write_bytes(b"\xe9t\xe9")
    (tmp_path / "x.txt").write_text("Be brief.")
    small(tmp_path)
    done = harness("run", "small.yaml", *FAST, *options, cwd=tmp_path)
    assert done.code == 4
    assert message in done.err
    assert not (tmp_path / "results").exists()
