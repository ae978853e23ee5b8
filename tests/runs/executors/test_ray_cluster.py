"""Whatever befalls the workers of a cluster, a run comes to what it comes to in one process."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import replace

import pytest

from harness.adaptive.goal import SearchGoal
from harness.adaptive.run import run_adaptive
from harness.core.errors import IncompleteError
from harness.core.scenario import Fills
from harness.core.study import Study
from harness.runs.limits import Limits
from harness.runs.progress import NoProgress
from harness.runs.run import run
from harness.scenarios import load, load_all
from tests.support import zoo_errors
from tests.support import zoo_meters as meters
from tests.support.chains import write_chain
from tests.support.command import SCENARIOS
from tests.support.one_process_ray import OneProcessRay
from tests.support.small import small
from tests.support.zoo_server import ZooServer

TIMES = {
    "run_id", "started_at", "latency_s", "attempts", "memory_write_s", "memory_read_s",
    "cached_tokens",  # what a server's cache holds depends on who asked it before
}  # fmt: skip
RULES = """\
schema: 1
name: rules
facts:
  - {id: venue, say: "The party takes place at the {value}.", values: {generate: word},
     ask: "At which place does the party take place?"}
rules:
  - {id: short, say: "Never use more than twenty words in a sentence.",
     check: "max_sentence_words?most=20"}
fills: [0.3]
script:
  - rule: short
  - plant: venue
  - user: Is there anything else to be done today?
  - filler: 1
  - user: Where does the party take place?
  - probe: venue
"""


@pytest.fixture
def on_ray(monkeypatch):
    def place(*lives):
        ray = OneProcessRay(lives)
        monkeypatch.setitem(sys.modules, "ray", ray)
        return ray

    return place


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def kept(folder):
    """What a run folder holds, but for times."""
    found = {}
    for record in lines(folder / "records.jsonl"):
        assert record["key"] not in found, "no trial has two records"
        found[record["key"]] = {k: v for k, v in record.items() if k not in TIMES}
    written = {line["key"]: line["text"] for line in lines(folder / "writings.jsonl")}
    stores = {path.name: path.read_text() for path in folder.glob("memories/*")}
    return {"records": found, "written": written, "stores": stores}


@pytest.fixture(scope="module")
def studied(tmp_path_factory):
    """A study with memories, live replies and rules; and what it comes to here."""
    folder = tmp_path_factory.mktemp("study")
    (folder / "rules.yaml").write_text(RULES)
    study = Study(
        scenarios=load_all([write_chain(folder), folder / "rules.yaml"]),
        models=("reference/perfect",),
        windows=("2k",),
        memories=("none", "facts"),
        replies="live",
        seeds=2,
    )
    return study, run(study, out=folder / "here").folder


@pytest.mark.parametrize("lives", [(1, 4), (0, 2, 3, 9)])
def test_chains_and_rules_come_to_the_same_whichever_workers_die(studied, lives, on_ray, tmp_path):
    study, here = studied
    ray = on_ray(*lives)
    there = run(study, out=tmp_path, executor="ray?workers=2")
    assert ray.hired == 2 + len(lives)
    assert kept(there.folder) == kept(here)
    told = [record for record in lines(here / "records.jsonl") if record["probe_kind"] == "rule"]
    assert told


def test_a_run_that_was_begun_here_goes_on_there_and_pays_for_no_text_twice(
    studied, on_ray, tmp_path
):
    study, here = studied
    folder = tmp_path / here.name
    shutil.copytree(here, folder)
    written = (here / "writings.jsonl").read_text()
    records = (here / "records.jsonl").read_text().splitlines(keepends=True)
    (folder / "records.jsonl").write_text("".join(records[: len(records) // 2]))
    on_ray()
    run(study, out=tmp_path, resume=folder, executor="ray?workers=2")
    assert kept(folder) == kept(here)
    assert (folder / "writings.jsonl").read_text() == written


def test_workers_that_die_again_and_again_end_the_run(studied, on_ray, tmp_path):
    on_ray(*[0] * 20)
    with pytest.raises(IncompleteError, match=r"workers die again and again .* --resume latest"):
        run(studied[0], out=tmp_path, executor="ray?workers=2")


@pytest.fixture
def counting(httpserver):
    """A study of a server that counts prompts exactly before they are sent."""
    server = meters.ZooServer(httpserver, "fading?onset=0.4&limit=2000", meters.by_kind())
    server.count_before()
    return Study(
        scenarios=load_all([SCENARIOS / "brand-voice.yaml"]),
        models=("openai/zoo",),
        windows=("2k",),
        seeds=2,
        options=(("api_base", server.api_base), ("api_key", "x")),
    )


def test_workers_use_the_exact_counts_of_a_server(counting, on_ray, tmp_path):
    study = replace(counting, fills=Fills(exact=(0.04, 0.3, 0.9)))
    ray = on_ray()
    found = run(study, out=tmp_path, executor="ray?workers=2")
    assert {name for batch in ray.handed for name in batch.counters.values()} == {"vLLM /tokenize"}
    check_exact(found.folder)


def test_an_adaptive_run_uses_exact_counts_and_decides_alike_wherever(counting, on_ray, tmp_path):
    goal = SearchGoal(batch_size=8, max_probes=16)
    here, _ = run_adaptive(counting, goal, out=tmp_path / "here")
    check_exact(here.folder)
    ledger = json.loads((here.folder / "ledger.json").read_text())
    assert ledger["models"]["openai/zoo"]["counter"] == "vLLM /tokenize"
    ray = on_ray()
    there, _ = run_adaptive(counting, goal, out=tmp_path / "there", executor="ray?workers=2")
    assert kept(there.folder) == kept(here.folder)
    batches = (here.folder / "batches.jsonl").read_text()
    assert (there.folder / "batches.jsonl").read_text() == batches
    assert max(len(batch.groups) for batch in ray.handed) <= 8, "each worker has its share"


def check_exact(folder):
    long = 0
    for record in lines(folder / "records.jsonl"):
        assert record["exact_tokens"] == record["provider_tokens"]
        if record["arm"] in {"main", "fact_removed"} and record["fill_requested"] > 0.05:
            long += 1
            assert abs(record["fill"] - record["fill_requested"]) < 0.012
    assert long > 5


class Heard(NoProgress):
    def __init__(self):
        self.notes = []

    def note(self, text):
        self.notes.append(text)


def test_what_workers_learn_of_a_model_is_said_once_and_noted(on_ray, tmp_path):
    on_ray()
    heard = Heard()
    with ZooServer(zoo_errors.takes_no_temperature) as server:
        study = Study(
            scenarios=(load(small(tmp_path)),),
            models=("openai/zoo",),
            windows=("2k",),
            seeds=2,
            options=tuple(sorted({**server.options, "temperature": "0"}.items())),
        )
        found = run(study, out=tmp_path, executor="ray?workers=2", progress=heard)
    assert len([note for note in heard.notes if "takes no temperature" in note]) == 1
    sent = json.loads((found.folder / "run.json").read_text())["sent"]["openai/zoo"]
    assert "temperature" not in sent, "what was really sent"
    assert "max_tokens" in sent


def test_what_one_worker_gives_up_the_others_stop_asking(on_ray, tmp_path):
    ray = on_ray()
    with ZooServer(zoo_errors.spent_account) as server:
        study = Study(
            scenarios=(load(small(tmp_path)),),
            models=("openai/zoo", "reference/perfect"),
            windows=("8k",),
            seeds=2,
            options=tuple(sorted(server.options.items())),
        )
        found = run(study, out=tmp_path, executor="ray?workers=2", limits=Limits())
        assert len(server.calls) <= 4
    assert [model for model, _ in found.given_up] == ["openai/zoo"]
    assert ray.stopped
