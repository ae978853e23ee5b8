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
    return plan(study).groups


def placed(found):
    return {
        trial.key: number
        for number, batch in enumerate(found)
        for group in batch
        for trial in group.trials
    }


def test_all_that_models_write_for_one_seed_goes_to_one_worker(chains):
    where = placed(batches(chains, (), places=100))
    written = [group for group in chains if needs_preparing(group)]
    homes = {}
    for group in written:
        home = homes.setdefault((group.model, group.seed), set())
        home |= {where[trial.key] for trial in group.trials}
    assert len(homes) == 2 * 3
    assert all(len(home) == 1 for home in homes.values())
    assert len(set.union(*homes.values())) == 2 * 3, "and another seed to another"
    assert trunks(written) == {("two-days", seed) for seed in range(3)}


def test_every_trial_that_is_left_is_handed_out_once_and_no_other(chains):
    keys = [trial.key for group in chains for trial in group.trials]
    done = set(keys[::2])
    found = batches(chains, done, places=4)
    groups = [group for batch in found for group in batch]
    assert len(groups) == len(set(map(id, groups)))
    assert set(keys) - done <= placed(found).keys()
    whole = batches(chains, set(keys), places=4)
    assert not whole


@pytest.mark.parametrize(("places", "least"), [(4, 4), (2, 2), (1, 1)])
def test_little_is_divided_between_all_places_and_much_into_batches(tmp_path, places, least):
    study = Study(
        scenarios=(load(small(tmp_path)),), models=("reference/perfect",), windows=("2k",), seeds=8
    )
    groups = plan(study).groups
    trials = sum(len(group.trials) for group in groups)
    found = batches(groups, (), places)
    assert len(found) >= max(least, trials // 64)
    assert [group for batch in found for group in batch] == list(groups), "in their order"
    assert trunks(groups) == frozenset()
