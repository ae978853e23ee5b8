"""The policies that a provider carries out, down to a server that speaks its API."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from tests.support.command import harness, the_run
from tests.support.messages_server import MessagesServer
from tests.support.responses_server import ResponsesServer

if TYPE_CHECKING:
    from pathlib import Path

SCENARIO = """schema: 1
name: two-sides
system: You keep the minutes of a small office.
facts:
  - id: door
    say: "The code for the side door is {value}."
    values: {generate: code}
    ask: "What is the code for the side door? Reply with the code only."
  - id: tower
    say: "Please look up what the new tower is called."
    reply: "The new tower is called {value}."
    values: {generate: name}
    ask: "What is the new tower called? Reply with the name only."
fills: FILLS
"""


def run(folder: Path, model: str, api_base: str, *more: str, seeds: str = "1"):
    window, policies, fills = more
    path = folder / "two-sides.yaml"
    path.write_text(SCENARIO.replace("FILLS", fills), encoding="utf-8")
    return harness(
        "run", path, "-m", model, "-w", window, "--seeds", seeds, "--policy", policies,
        "-M", f"api_base={api_base}", "-M", "api_key=x", "--out", folder / "results", "-q",
        "--no-controls",
    )  # fmt: skip


def foreseen(folder: Path, api_base: str) -> int:
    """Calls that write into sessions, as the run that was made would be planned."""
    study = json.loads((the_run(folder / "results") / "run.json").read_text())
    found = harness(
        "plan", folder / "two-sides.yaml", "-m", ",".join(study["models"]), "-w",
        ",".join(study["windows"]), "--seeds", "1", "--policy", ",".join(study["policies"]),
        "-M", f"api_base={api_base}", "--no-controls",
    )  # fmt: skip
    assert found.code == 0, found.err
    (calls,) = re.findall(r"At most (\d+) of these calls write", found.out)
    return int(calls)


def records(folder: Path, policy: str) -> list[dict]:
    lines = (the_run(folder / "results") / "records.jsonl").read_text().splitlines()
    found = [json.loads(line) for line in lines]
    return [one for one in found if one["policy"].startswith(policy) and one["arm"] == "main"]


def test_what_went_into_a_sealed_item_is_lost_in_it_and_by_nobody_else(httpserver, tmp_path):
    server = ResponsesServer(httpserver, keeps=lambda text: "tower" not in text)
    found = run(
        tmp_path, "responses/served", server.api_base, "2k",
        "send_all,provider_compaction?at=0.4&keep=0.1", "[0.05, 0.9]",
    )  # fmt: skip
    assert found.code == 0, found.err
    done = [one for one in records(tmp_path, "provider") if one["compactions"]]
    assert done
    assert all(one["opaque"] for one in done)
    said = {one["fact"]: one for one in done}
    assert said["door"]["outcome"] == "recalled"  # the user's messages stay, word for word
    assert said["door"]["in_view"] is True
    assert said["tower"]["outcome"] == "opaque"
    assert said["tower"]["in_view"] is None
    assert {one["outcome"] for one in records(tmp_path, "send_all")} == {"recalled"}
    report = harness("report", "latest", "--out", tmp_path / "results")
    assert "by whom 1 (opaque 1)" in report.out
    assert max(one["fill"] for one in done) < 1  # the item is no part of the session's length
    calls = {one["trunk"]: one["compactions"] for one in done}
    assert len(server.sent("/v1/responses/compact")) == sum(calls.values())
    assert max(calls.values()) <= 5  # little is saved where the user's messages stay
    assert sum(calls.values()) <= foreseen(tmp_path, server.api_base) <= 2 * sum(calls.values())


def test_what_a_block_of_text_left_out_is_the_compactions_loss(httpserver, tmp_path):
    server = MessagesServer(httpserver, keeps=lambda text: "side door" in text)
    found = run(
        tmp_path, "messages/served", server.api_base, "100k",
        "provider_compaction?at=0.6&keep=0.05", "[0.01, 0.7]",
    )  # fmt: skip
    assert found.code == 0, found.err
    done = {one["fact"]: one for one in records(tmp_path, "provider") if one["compactions"]}
    assert (done["door"]["outcome"], done["door"]["opaque"]) == ("recalled", False)
    assert (done["tower"]["outcome"], done["tower"]["in_view"]) == ("evicted", False)
    assert foreseen(tmp_path, server.api_base) == done["door"]["compactions"] == 1


def test_a_session_that_the_server_keeps_is_a_treatment_beside_the_whole(httpserver, tmp_path):
    server = ResponsesServer(httpserver)
    found = run(
        tmp_path, "responses/served", server.api_base, "2k", "send_all,server_session",
        "[0.3, 0.9]",
    )  # fmt: skip
    assert found.code == 0, found.err
    kept, whole = records(tmp_path, "server_session"), records(tmp_path, "send_all")
    assert len(kept) == len(whole) > 0
    assert {one["outcome"] for one in kept} == {one["outcome"] for one in whole} == {"recalled"}
    items = {True: 0, False: 0}
    for body in server.sent():
        items[body.get("store", False)] += len(body["input"])
    assert items[True] < 0.7 * items[False]
    longest = {one["key"]: one["prompt_tokens"] for one in kept}
    assert max(longest.values()) > 1_500  # the server reads all of it all the same


def test_a_session_that_is_lived_through_goes_on_at_the_server(httpserver, tmp_path):
    server = ResponsesServer(httpserver)
    path = tmp_path / "one-side.yaml"
    alone = SCENARIO.partition("  - id: tower")[0]
    path.write_text(f"{alone}fills: [0.5]\n", encoding="utf-8")
    found = harness(
        "run", path, "-m", "responses/served", "-w", "1k", "--seeds", "1", "--no-controls",
        "--policy", "server_session", "--replies", "live", "-M", f"api_base={server.api_base}",
        "-M", "api_key=x", "--out", tmp_path / "results", "-q",
    )  # fmt: skip
    assert found.code == 0, found.err
    assert {one["outcome"] for one in records(tmp_path, "server_session")} == {"recalled"}
    going_on = [body for body in server.sent() if "previous_response_id" in body]
    assert len(going_on) > 5
    assert {len(body["input"]) for body in going_on} == {1}  # nothing goes out twice


def test_truncation_at_the_server_is_the_servers_doing(httpserver, tmp_path):
    server = ResponsesServer(httpserver, limit=1_000)
    found = run(
        tmp_path, "responses/served", server.api_base, "2k", "server_truncation",
        "[0.05, 0.3, 0.4, 0.7, 0.9]", seeds="2",
    )  # fmt: skip
    assert found.code == 0, found.err
    lost = [one for one in records(tmp_path, "server_truncation") if one["score"] == 0]
    assert lost
    assert {one["outcome"] for one in lost} == {"server_truncated"}
    assert all(one["truncation"] == "auto" for one in server.sent())


def test_a_policy_of_the_providers_wants_a_model_with_that_api(tmp_path):
    for policy, names in (
        ("server_session", "responses/NAME"),
        ("context_editing", "messages/NAME"),
        ("provider_compaction", "responses/NAME or messages/NAME"),
    ):
        found = run(tmp_path, "reference/perfect", "http://127.0.0.1:9", "2k", policy, "[0.5]")
        assert found.code == 4
        assert f"policy '{policy}' is carried out by the provider" in found.err
        assert f"ask it as {names}" in found.err
