"""Who is accused of dropping text, over runs that were drawn with the truth beside them."""

from __future__ import annotations

from collections import Counter

import pytest

from harness.runs.meter.amend import Settlement
from harness.runs.meter.readings import readings
from harness.runs.meter.verdict import verdicts
from tests.support.metered_runs import Reader, Server, metered_run

TEMPLATE = {
    "constant": 70, "per_message": 5, "ratios": (1.3, 1.1, 1.0, 1.0), "noise": 0.05,
}  # fmt: skip
READS_ALL = {
    "as we do": Server(),
    "a template": Server(**TEMPLATE),
    "prose is cheap": Server(constant=30, ratios=(1.6, 0.8, 1.0, 1.0), noise=0.08),
    "script is dear": Server(ratios=(1.1, 1.0, 1.0, 2.2), noise=0.08),
    "script is cheap": Server(ratios=(1.2, 1.0, 1.0, 0.55), noise=0.08),
    "leaves out the cache": Server(usage="uncached", **TEMPLATE),
    "tells the cache": Server(usage="told", **TEMPLATE),
    "sticks": Server(usage="capped", cap=3000, **TEMPLATE),
    "rounds": Server(quantum=100, **TEMPLATE),
    "says nothing": Server(usage="none"),
}
DROPS = {
    "start": Server(most=4096, **TEMPLATE),
    "start, to half": Server(most=4096, to=0.5, **TEMPLATE),
    "start, system too": Server(most=3000, keeps_system=False, **TEMPLATE),
    "middle": Server(most=4000, head=0.5, **TEMPLATE),
    "end": Server(most=4000, head=1.0, **TEMPLATE),
}
READERS = {
    "perfect": Reader(),
    "fading": Reader(onset=0.5),
    "weak": Reader(at_best=0.3),
    "given_up": Reader(at_best=0.02),
}


def judged(server, reader, **given):
    records = metered_run(server, reader, **given)
    return records, verdicts(readings(records))


@pytest.mark.parametrize("layout", ["growing", "grid"])
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("server", READS_ALL)
def test_nobody_is_accused_who_reads_everything(server, reader, layout):
    kinds = (0, 3) if "script" in server else (0, 1)
    _, found = judged(READS_ALL[server], READERS[reader], layout=layout, kinds=kinds)
    assert not any(found.truncated)


@pytest.mark.parametrize("layout", ["growing", "grid"])
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("server", DROPS)
def test_a_server_that_drops_is_accused_of_what_it_dropped_and_of_nothing_else(
    server, reader, layout
):
    records, found = judged(DROPS[server], READERS[reader], layout=layout)
    said = Counter(
        (record["truth"], one) for record, one in zip(records, found.truncated, strict=True)
    )
    dropped = sum(n for (truth, _), n in said.items() if truth)
    # a prompt that lost a message or two counts within the tokenizer's own spread
    assert said[True, True] > 0.8 * dropped
    assert said[False, True] == 0


@pytest.mark.parametrize("server", DROPS)
def test_the_part_is_named_and_its_facts_are_the_servers_loss(server):
    records, found = judged(DROPS[server], READERS["perfect"])
    parts = {part for part in found.part if part is not None}
    assert parts == {server.partition(",")[0]}
    for record, lost in zip(records, found.lost, strict=True):
        if lost is not None:
            assert lost is not record["truly_kept"]


def test_of_a_model_that_recalls_nothing_the_part_is_unknown():
    _, found = judged(DROPS["start"], READERS["given_up"])
    assert {part for part in found.part if part} == {"unknown"}
    assert not any(found.lost)


@pytest.mark.parametrize("server", ["leaves out the cache", "tells the cache", "sticks", "rounds"])
def test_counts_that_are_not_of_the_whole_prompt_still_give_its_fill(server):
    records, found = judged(READS_ALL[server], READERS["perfect"])
    off = [
        abs(whole - record["truly_whole"]) / 8000
        for record, whole in zip(records, found.whole, strict=True)
    ]
    assert sorted(off)[len(off) // 2] < 0.015
    assert {"told": "provider+cached"}.get(READS_ALL[server].usage, "local") in found.source


def test_one_session_alone_accuses_nobody_unless_no_tokenizer_explains_it():
    _, few = judged(Server(most=6500, **TEMPLATE), READERS["given_up"], seeds=1)
    assert True not in few.truncated
    assert None in few.truncated
    records, half = judged(Server(most=3000, **TEMPLATE), READERS["perfect"], seeds=1)
    assert any(half.truncated)
    assert not any(
        one and not record["truth"] for one, record in zip(half.truncated, records, strict=True)
    )


def test_what_is_settled_twice_is_settled_alike():
    records = metered_run(DROPS["start"], READERS["fading"])
    once = list(Settlement(records).amended(records))
    again = list(Settlement(once).amended(once))
    assert once == again
    assert {record["outcome"] for record in once} >= {"recalled", "server_truncated"}
    assert not any(record["provisional"] for record in once)


def test_the_order_of_the_records_decides_nothing():
    records = metered_run(DROPS["middle"], READERS["fading"])
    ahead = list(Settlement(records).amended(records))
    back = list(Settlement(records[::-1]).amended(records[::-1]))
    assert ahead == back[::-1]


def test_an_accusation_of_before_is_taken_back_where_its_run_does_not_bear_it_out():
    records = metered_run(READS_ALL["a template"], READERS["weak"])
    accused = [
        record | {"server_truncated": True, "outcome": "server_truncated", "miss": None}
        if record["score"] == 0
        else record
        for record in records
    ]
    found = list(Settlement(accused).amended(accused))
    assert {record["server_truncated"] for record in found} == {False}
    assert "server_truncated" not in {record["outcome"] for record in found}


def test_an_exact_count_proves_a_single_prompt():
    records = metered_run(Server(), Reader(), seeds=2)
    last = max(records, key=lambda record: record["view_tokens"])
    last["exact_tokens"] = last["view_tokens"]
    last["provider_tokens"] = last["prompt_tokens"] = last["view_tokens"] // 2
    last["score"], last["outcome"] = 0.0, "fabricated"
    found = verdicts(readings(records))
    assert found.truncated[records.index(last)] is True
    assert found.whole[records.index(last)] == last["view_tokens"]


def test_a_counter_that_renders_another_template_than_the_chat_accuses_nobody():
    records = metered_run(Server(), Reader(), seeds=2)
    for record in records:
        record["exact_tokens"] = record["view_tokens"] + 150
    found = verdicts(readings(records))
    assert set(found.truncated) == {False}
    assert set(found.source) == {"provider"}
    assert list(found.whole) == [record["view_tokens"] for record in records]
