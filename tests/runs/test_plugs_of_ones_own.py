"""A scorer and a policy that somebody else wrote: a file beside their scenario, named and run."""

from __future__ import annotations

import json

import pytest

from harness.core.study import Study
from harness.models.catalog import price
from harness.runs.planning.cost import estimates
from harness.runs.run import plan, run
from harness.scenarios import load
from harness.sessions.materials import Workshop
from tests.support.command import harness, the_run
from tests.support.small import SMALL

PLUGS = '''\
from dataclasses import dataclass

from harness.core.probe import Score
from harness.core.window import Span, View


@dataclass(frozen=True, slots=True)
class Spelled:
    """Every letter as it was said, in upper case or not."""

    def score(self, probe, reply, /):
        right = probe.expected[0].text.casefold() in reply.casefold()
        return Score(float(right), "It is spelled so." if right else "It is not spelled so.")


@dataclass(frozen=True, slots=True)
class Newest:
    """System messages and the last of the turns, `turns` at the most, however many would fit."""

    turns: int = 3

    def view(self, history, budget_tokens, /):
        starts = history.turn_starts[-self.turns :]
        while starts:
            start = max(starts[0], history.system)
            kept = history.tokens(0, history.system) + history.tokens(start, history.stop)
            if kept + history.question_tokens <= budget_tokens:
                spans = ((0, history.system), (start, history.stop))
                return View(tuple(Span(a, b) for a, b in spans if a < b))
            starts = starts[1:]
        return View((Span(0, history.system),) if history.system else ())
'''


@pytest.fixture
def project(tmp_path, monkeypatch):
    (tmp_path / "own_plugs.py").write_text(PLUGS)
    scored = SMALL.replace(
        "    values: {generate: code}\n",
        '    values: {generate: code}\n    score: "own_plugs:Spelled"\n',
    )
    (tmp_path / "small.yaml").write_text(scored)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def test_a_scorer_and_a_policy_in_one_file_are_named_and_run(project):
    done = harness(
        "run", "small.yaml", "-m", "reference/perfect", "-w", "2k", "--seeds", 2, "--policy",
        "own_plugs:Newest?turns=2", "--no-controls", "--out", project / "out", "-q", cwd=project,
    )  # fmt: skip
    assert done.code == 0, done.err
    lines = (the_run(project / "out") / "records.jsonl").read_text().splitlines()
    records = [json.loads(line) for line in lines]
    ours = [record for record in records if record["question_id"] == "door"]
    assert {record["why"] for record in ours} == {"It is spelled so.", "It is not spelled so."}
    assert {record["policy"] for record in records} == {"own_plugs:Newest?turns=2"}
    # what the policy left out is the application's loss, and what it kept is recalled
    assert {record["outcome"] for record in records if record["in_view"]} == {"recalled"}
    assert {record["outcome"] for record in records if not record["in_view"]} == {"evicted"}


def test_a_plan_asks_the_policy_for_what_it_will_send(project):
    study = Study(
        scenarios=(load(project / "small.yaml"),), models=("reference/perfect",), windows=("2k",),
        seeds=2, policies=("own_plugs:Newest?turns=1",), controls=False,
    )  # fmt: skip
    found = run(study, out=project / "out")
    records = (found.folder / "records.jsonl").read_text().splitlines()
    sent = sum(json.loads(record)["view_tokens"] for record in records)
    workshop = Workshop()
    (planned,) = estimates(plan(study, workshop), lambda name, _: price(name))
    assert planned.prompt_tokens == pytest.approx(sent, rel=0.01)
