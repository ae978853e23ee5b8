"""What goes to one worker together."""

from __future__ import annotations

import pytest

from harness.core.study import Study
from harness.runs.executors.batches import batches, trunks
from harness.runs.planning.plan import needs_preparing
from harness.runs.run import plan
from harness.scenarios import load
from tests.support.chains import write_chain
from tests.support.small import small


@pytest.fixture(scope="module")
def chains(tmp_path_factory):
    study = Study(
        scenarios=(load(write_chain(tmp_path_factory.mktemp("chain"))),),
        models=("reference/perfect", "reference/lapse?rate=0.1"),
        windows=("4k", "2k"),
        memories=("none", "facts"),
        seeds=3,
    )
    return list(plan(study).groups)


def placed(found):
    return {
        trial.key: number
        for number, batch in enumerate(found)
        for group in batch.groups
        for trial in group.trials
    }


def test_all_that_models_write_for_one_seed_goes_to_one_worker(chains):
    sent = [group for group in chains if group.stage == "main"]
    where = placed(batches(iter(sent), (), places=100))
    written = [group for group in sent if needs_preparing(group)]
    homes = {}
    for group in written:
        home = homes.setdefault((group.model, group.seed), set())
        home |= {where[trial.key] for trial in group.trials}
    assert len(homes) == 2 * 3, "models and seeds"
    assert all(len(home) == 1 for home in homes.values())
    assert len(set.union(*homes.values())) == 2 * 3, "and another seed to another"
    assert len({group.trials[0].treatment.memory for group in written}) == 2
    assert trunks(written) == {("two-days", seed) for seed in range(3)}


def test_a_stream_is_walked_no_further_than_workers_need(chains):
    walked = []

    def stream():
        for _ in range(1000):
            for group in chains:
                walked.append(group)
                yield group

    found = batches(stream(), (), places=2)
    first = next(found)
    assert 0 < first.left <= 64 + 32
    assert len(walked) < 10 * len(chains)


def test_every_trial_that_is_left_is_handed_out_once_and_no_other(chains):
    keys = [trial.key for group in chains for trial in group.trials]
    done = set(keys[::2])
    found = list(batches(chains, done, places=4))
    groups = [group for batch in found for group in batch.groups]
    assert len(groups) == len(set(map(id, groups)))
    assert set(keys) - done <= placed(found).keys()
    assert set.union(*(batch.done for batch in found)) <= done
    assert sum(batch.left for batch in found) == len(set(keys) - done)
    assert not list(batches(chains, set(keys), places=4))


@pytest.mark.parametrize(("places", "least"), [(4, 4), (2, 2), (1, 1)])
def test_little_is_divided_between_all_places_and_much_into_batches(tmp_path, places, least):
    study = Study(
        scenarios=(load(small(tmp_path)),), models=("reference/perfect",), windows=("2k",), seeds=8
    )
    groups = plan(study).groups
    trials = sum(len(group.trials) for group in groups)
    found = list(batches(groups, (), places))
    assert len(found) >= max(least, trials // 64)
    assert [group for batch in found for group in batch.groups] == list(groups), "in their order"
    assert trunks(groups) == frozenset()
