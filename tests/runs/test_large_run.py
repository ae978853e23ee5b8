"""A run of so many trials that neither its plan nor what is recorded of it fits in memory.

The same run, held in memory, is what each is compared with; a file here holds what a machine would.
"""

from __future__ import annotations

import json

import pytest

from harness.core.scenario import Fills
from harness.core.study import Study
from harness.runs.folder import key_table
from harness.runs.folder.layout import INDEX, MESSAGE_INDEX, MESSAGES
from harness.runs.planning import planned_sessions
from harness.runs.progress import NoProgress
from harness.runs.run import run
from harness.scenarios import load_all
from tests.support.command import SCENARIOS

# one counts as we do, and one does not, so that what is planned changes while it runs
MODELS = ("reference/perfect", "reference/refuse?limit=4000&ratio=1.4")
STUDY = Study(
    scenarios=load_all([SCENARIOS / "ledger.yaml"]),
    models=MODELS,
    windows=("4k",),
    seeds=2,
    fills=Fills(exact=(0.02, 0.5, 0.9)),
)


class Counted(NoProgress):
    """Keeps what a run says of its size."""

    def begin(self, total, done):
        self.begun = (total, done)

    def expect(self, left):
        self.left = dict(left)


def records(folder):
    return [json.loads(line) for line in (folder / "records.jsonl").read_text().splitlines()]


def stable(folder):
    """Records by key, without what no two runs share."""
    changing = {"run_id", "started_at", "latency_s"}
    return {
        one["key"]: {name: value for name, value in one.items() if name not in changing}
        for one in records(folder)
    }


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    return run(STUDY, out=tmp_path_factory.mktemp("held"))


@pytest.fixture(scope="module")
def large(tmp_path_factory, held):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planned_sessions, "MOST_HELD", 0)
        patch.setattr(key_table, "MOST_IN_MEMORY", 16)
        yield run(STUDY, out=tmp_path_factory.mktemp("large"))


def test_a_large_run_has_the_records_of_a_small_one(held, large):
    assert large.complete
    assert stable(large.folder) == stable(held.folder)
    assert (large.planned, large.recorded) == (held.planned, held.recorded)
    assert (large.bill, large.unmeasured, large.errors) == (held.bill, held.unmeasured, held.errors)
    assert (large.folder / INDEX).exists()
    assert (large.folder / MESSAGE_INDEX).exists()
    assert not (held.folder / INDEX).exists()


def test_each_message_of_a_large_run_is_written_once(held, large):
    def messages(folder):
        return sorted((folder / MESSAGES).read_text().splitlines())

    assert messages(large.folder) == messages(held.folder)


@pytest.mark.parametrize("lost", ["nothing", INDEX])
def test_a_large_run_that_goes_on_asks_what_is_left_and_nothing_twice(large, lost):
    before = records(large.folder)
    kept = [one for one in before if one["seed"] == 0 or one["repeat"] > 0]
    text = "".join(f"{json.dumps(one)}\n" for one in kept)
    (large.folder / "records.jsonl").write_text(text)
    if lost != "nothing":
        (large.folder / lost).unlink()
    progress = Counted()
    found = run(STUDY, out=large.folder.parent, resume=large.folder, progress=progress)
    assert found.complete
    assert progress.begun == (found.planned, len(kept))
    assert sum(progress.left.values()) == found.planned - len(kept)
    assert [one["key"] for one in records(large.folder)[: len(kept)]] == [o["key"] for o in kept]
    assert sorted(o["key"] for o in records(large.folder)) == sorted(o["key"] for o in before)
