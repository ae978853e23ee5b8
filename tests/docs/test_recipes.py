"""The recipes run as they stand, one after the other, on two runs of a model whose law is known."""

from __future__ import annotations

import json
import re
from contextlib import chdir

import pytest

from harness.core.record import to_json
from tests.support.command import ROOT
from tests.support.records import simulated_run

PAGE = ROOT / "docs" / "recipes.md"


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    """What the recipes leave behind, by name."""
    folder = tmp_path_factory.mktemp("recipes")
    for day, after in ((2, 0.9), (9, 0.4)):
        name = f"202601{day:02d}T030405Z_demo_{day:04d}"
        records = simulated_run(
            lambda fill, after=after: 0.97 if fill < 0.5 else after,
            seeds=20, run_id=name, started_at=f"2026-01-{day:02d}T03:04:05+00:00",
        )  # fmt: skip
        (folder / "results" / name).mkdir(parents=True)
        lines = (json.dumps(to_json(one), separators=(",", ":"), default=list) for one in records)
        (folder / "results" / name / "records.jsonl").write_text(
            "".join(f"{line}\n" for line in lines), encoding="utf-8"
        )
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, object] = {"print": lambda *_: None, "blocks": len(blocks)}
    with chdir(folder):
        for block in blocks:
            exec(compile(block, str(PAGE), "exec"), names)  # noqa: S102 - our own page
    return names


def test_there_are_five(known):
    assert known["blocks"] == 5


def test_recall_by_tenth_falls_where_the_law_does(known):
    recall = dict(known["table"].select("tenth", "recall").rows())
    assert recall[0.0] > 0.9
    assert recall[9.0] < 0.75
    assert known["table"]["n"].sum() == 2 * 20 * 16


def test_misses_are_told_with_a_key_to_look_them_up(known):
    assert known["misses"]["n"].sum() > 20
    assert known["misses"]["key"].null_count() == 0


def test_the_onset_of_a_part_has_its_sessions(known):
    assert known["early"].n_sessions >= 19
    assert known["early"].message


def test_the_new_version_is_worse_and_the_sentence_says_so(known):
    assert known["found"].effect < -0.1
    assert known["found"].message.startswith("today recalls")


def test_costs_are_summed_where_all_are_known(known):
    assert known["cost"]["usd"].to_list() == [pytest.approx(0.32), pytest.approx(0.32)]
    assert known["cost"]["cached"].is_between(0.7, 0.9).all()
