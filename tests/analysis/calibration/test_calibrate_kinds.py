"""Kinds of question held against readers of known skill: ceiling, floor and what is said."""

from __future__ import annotations

import json

import pytest

from harness.analysis.calibration.kinds import LOSS, ONSET, SLOPE, true_fall
from harness.models.reference.skilled import UnskilledReader
from tests.support.command import harness

CHOSEN = {"latest?of=5", "sibling?i=3&of=5", "order", "when?unit=weekday", "reversal"}
"""Kinds of which a reader that only finds sentences answers as often right as a guess."""


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """Two sessions of every kind in a small window, as the command writes them."""
    folder = tmp_path_factory.mktemp("kinds")
    done = harness(
        "calibrate", "--kinds", "--seeds", "2", "-w", "4k", "-o", "k.json", "-o", "k.md", cwd=folder
    )
    assert done.code == 0, done.err
    return json.loads((folder / "k.json").read_text()), (folder / "k.md").read_text(), done.out


def test_the_exact_reader_is_never_wrong_and_the_finder_no_better_than_a_guess(found):
    told, _, _ = found
    assert len(told["kinds"]) == 9
    for kind in told["kinds"]:
        assert kind["n"] >= 20, kind
        assert kind["exact"] == 1.0, kind
        wanted = kind["guess"] if kind["kind"] in CHOSEN else 0.0
        assert kind["finder"] == pytest.approx(wanted, abs=0.3), kind


def test_every_form_tells_the_same(found):
    told, markdown, terminal = found
    assert terminal.startswith("Kinds of question: 2 sessions each, window of 4,000 tokens")
    for kind in told["kinds"]:
        assert kind["kind"] in terminal
        assert f"| {kind['kind'].partition('?')[0]}" in markdown
    assert "Interference: too few sessions to tell" in terminal


def test_the_truth_of_the_weak_reader_is_that_of_its_own_law():
    law = UnskilledReader(onset=ONSET, slope=SLOPE)
    for fault in (0.0, 0.2, 0.5):
        at = true_fall(fault)
        able = law.recall(at, 0.0)
        assert able + (1 - able) * fault == pytest.approx(0.95)
    assert 0 < LOSS < 0.25


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("--laws", "perfect"), "--kinds has readers of its own; leave --laws out"),
        (("-o", "k.png"), "no calibration of kinds ends in '.png'; known: .md, .json"),
        (("-o", "nowhere/k.md"), "the folder 'nowhere' does not exist; make it first"),
    ],
)
def test_an_option_that_does_not_go_with_kinds_is_refused(args, told, tmp_path):
    done = harness("calibrate", "--kinds", *args, cwd=tmp_path)
    assert done.code == 4
    assert told in done.err
