from __future__ import annotations

import hashlib
import tracemalloc

import pytest

from harness.core.arms import STAGES
from harness.core.errors import HarnessError
from harness.core.scenario import Fills
from harness.core.study import Study
from harness.models import known_limit
from harness.runs.planning import planned_sessions
from harness.runs.planning.plan import make_plan
from harness.scenarios import load_all
from harness.sessions.materials import Workshop
from tests.support.command import SCENARIOS

WORKSHOP = Workshop()
MODELS = ("reference/perfect", "reference/fading?limit=8000&onset=0.6")


def study(*names, **changed):
    scenarios = load_all([SCENARIOS / f"{name}.yaml" for name in names])
    return Study(
        **{"scenarios": scenarios, "models": MODELS, "windows": ("8k", "16k"), "seeds": 2} | changed
    )


STUDIES = {
    "two scenarios": study("ledger", "siblings", windows=("4k",), seeds=1),
    "a fresh session for each cell": study("needle", models=MODELS[:1], windows=("2k",), seeds=1),
    "sessions that follow one another": study(
        "tuesday-wednesday", memories=("none", "transcript", "facts")
    ),
    "two windows, two policies": study(
        "ledger", windows=("2k", "4k"), policies=("drop_oldest", "send_all"), repeats=2, seeds=1
    ),
    "some facts, no controls": study("brand-voice", facts=("tone",), controls=False),
}


def plan(asked):
    return make_plan(asked, WORKSHOP, known_limit)


@pytest.fixture
def streamed(monkeypatch):
    """Of no plan are the sessions held."""
    monkeypatch.setattr(planned_sessions, "MOST_HELD", 0)


def sent(groups):
    return [(g.model, g.stage, g.seed, g.opening, [t.key for t in g.trials]) for g in groups]


@pytest.mark.parametrize("name", STUDIES)
def test_a_stream_is_in_the_order_of_a_plan_that_is_sorted_as_a_whole(name, monkeypatch):
    asked = STUDIES[name]
    held = plan(asked)
    monkeypatch.setattr(planned_sessions, "MOST_HELD", 0)
    made = plan(asked)
    assert (held.groups.is_held, made.groups.is_held) == (True, False)
    whole = [group for _, _, group in made.groups.seed_by_seed()]
    whole.sort(key=lambda group: (asked.models.index(group.model), STAGES.index(group.stage)))
    assert sent(made.groups) == sent(held.groups) == sent(whole)
    assert sent(made.groups) == sent(made.groups), "it can be walked again"
    assert list(made.keys) == list(held.keys) == [trial.key for trial in made.trials]
    assert len(made.trials) == len(held.trials) == made.n_trials == len(list(made.trials))
    assert (made.reserves, made.longest) == (held.reserves, held.longest)


def test_the_keys_of_a_plan_are_those_of_before_it_was_a_stream(streamed):
    keys = "".join(trial.key for trial in plan(study("brand-voice")).trials)
    assert hashlib.sha256(keys.encode()).hexdigest() == (
        "a13e725400cfe61cbce43e3203313e5c3c7a4377ff293a358f031822b95afbf6"
    )


def test_seeds_that_are_left_out_are_not_made(streamed):
    made = plan(study("brand-voice", seeds=4, windows=("8k",)))
    found = [group.seed for group in made.groups.of(MODELS[0], "main", {1, 3})]
    assert set(found) == {1, 3}


def test_trials_are_a_sequence_that_nobody_holds(streamed):
    trials = plan(study("brand-voice", windows=("8k",), seeds=1)).trials
    every = list(trials)
    assert trials[3] == every[3]
    assert trials[-1] == every[-1]
    assert trials[2:9:3] == every[2:9:3]
    assert trials[9:2:-2] == every[9:2:-2]
    assert trials[5:5] == []
    assert repr(trials) == f"Trials({len(every)})"
    with pytest.raises(IndexError):
        trials[len(every)]


@pytest.mark.parametrize(
    "asked",
    [
        study("brand-voice", windows=("200",)),
        study("brand-voice", seeds=500),
        study("siblings", fills=Fills(exact=(0.001,)), facts=("nothing",)),
        study("tuesday-wednesday", memories=("facts?budget=9000",)),
    ],
)
def test_what_cannot_be_run_is_refused_with_the_same_words(asked, monkeypatch):
    said = []
    for most in (planned_sessions.MOST_HELD, 0):
        monkeypatch.setattr(planned_sessions, "MOST_HELD", most)
        with pytest.raises(HarnessError) as refused:
            plan(asked)
        said.append(str(refused.value))
    assert said[0] == said[1]


def test_memory_does_not_grow_with_the_seeds(streamed):
    peaks = []
    plan(study("ledger", windows=("4k",), models=MODELS[:1], seeds=2))
    for seeds in (4, 16):
        tracemalloc.start()
        plan(study("ledger", windows=("4k",), models=MODELS[:1], seeds=seeds))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0] + 100_000
