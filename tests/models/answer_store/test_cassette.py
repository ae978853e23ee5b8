from __future__ import annotations

import asyncio
import gzip
import json
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.core.errors import (
    CassetteMissError,
    FileError,
    ModelError,
    OverflowRefusedError,
    UsageError,
)
from harness.core.messages import Message
from harness.core.probe import Reply
from harness.models import make_model
from harness.models.answer_store.call import call, from_line, to_line
from harness.models.answer_store.cassette import Cassette
from harness.models.answer_store.model import CachedModel, CassetteModel, secrets_in_env
from tests.support.command import ROOT
from tests.support.openai_server import refused, server_error

NAME = "openai/gpt-4o"
PROMPT = [
    Message("user", "The code for the side door is 4711."),
    Message("assistant", "Noted."),
    Message("user", "What is the code for the side door?"),
]
MOST = {"max_tokens": "50"}


def recorder(cassette, server, **options):
    options = {**server.options, "max_attempts": "1", **options}
    return CachedModel(NAME, options, make_model(NAME, options), cassette, source="cassette")


def replayer(path, server, **options):
    return CassetteModel(NAME, {**server.options, "max_attempts": "1", **options}, Cassette(path))


async def test_what_was_recorded_is_replayed_and_nothing_is_sent(openai_server, tmp_path):
    path = tmp_path / "new" / "c.jsonl"
    with Cassette(path, record=True) as cassette:
        first = await recorder(cassette, openai_server).ask(PROMPT, MOST)
        cassette.save(drop=True)
    sent = len(openai_server.requests)
    again = await replayer(path, openai_server).ask(PROMPT, MOST)
    assert len(openai_server.requests) == sent == 1
    assert "4711" in again.text
    assert (again.text, again.finish_reason) == (first.text, first.finish_reason)
    for told in ("prompt_tokens", "cached_tokens", "completion_tokens", "version"):
        assert getattr(again, told) == getattr(first, told) is not None
    assert (first.answered_by, first.attempts) == ("model", 1)
    assert (again.answered_by, again.attempts, again.cost_usd) == ("cassette", 0, 0.0)
    assert again.latency_s is None
    assert [p.name for p in path.parent.iterdir()] == ["c.jsonl"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"options": {"max_tokens": "51"}}, "-M max_tokens was 50 and is 51"),
        ({"repeat": 1}, "(repeat 1): it was recorded with fewer --repeats"),
        ({"prompt": PROMPT[:1] + PROMPT[2:]}, "the scenario, its filler, the seeds, the window"),
        ({"prompt": [*PROMPT[:1], Message("user", "Noted."), PROMPT[2]]}, "the scenario, its"),
    ],
    ids=["another option", "another repeat", "a message less", "another role"],
)
async def test_whatever_can_change_the_answer_is_missed_and_said(
    openai_server, tmp_path, change, why
):
    with Cassette(tmp_path / "c.jsonl", record=True) as cassette:
        await recorder(cassette, openai_server).ask(PROMPT, MOST)
        cassette.save(drop=True)
    model = replayer(tmp_path / "c.jsonl", openai_server)
    with pytest.raises(CassetteMissError) as miss:
        await model.ask(
            change.get("prompt", PROMPT),
            change.get("options", MOST),
            repeat=change.get("repeat", 0),
        )
    assert why in str(miss.value)
    assert 'no answer of openai/gpt-4o to "What is the code for the side door?"' in str(miss.value)
    assert "the same command with --record in place of --replay" in str(miss.value)
    other = CassetteModel("openai/gpt-5", openai_server.options, Cassette(tmp_path / "c.jsonl"))
    with pytest.raises(CassetteMissError, match="it was recorded with openai/gpt-4o"):
        await other.ask(PROMPT, MOST)


async def test_what_never_changes_an_answer_is_no_miss(openai_server, tmp_path):
    with Cassette(tmp_path / "c.jsonl", record=True) as cassette:
        await recorder(cassette, openai_server).ask(PROMPT, MOST)
        cassette.save(drop=True)
    model = replayer(tmp_path / "c.jsonl", openai_server, api_key="sk-another", timeout="5")
    assert "4711" in (await model.ask(PROMPT, MOST)).text


async def test_a_refusal_at_the_ceiling_is_recorded_and_a_passing_fault_is_not(
    openai_server, tmp_path
):
    path = tmp_path / "c.jsonl"
    with Cassette(path, record=True) as cassette:
        model = recorder(cassette, openai_server)
        openai_server.then(server_error())
        with pytest.raises(ModelError, match="had an error"):
            await model.ask(PROMPT, MOST)
        assert not cassette.save(drop=True).replies
        openai_server.then(refused("prompt is too long: 9 tokens > 8 maximum"))
        with pytest.raises(OverflowRefusedError):
            await model.ask(PROMPT, MOST)
        cassette.save(drop=True)
    with pytest.raises(OverflowRefusedError, match="prompt is too long") as again:
        await replayer(path, openai_server).ask(PROMPT, MOST)
    assert (again.value.attempts, again.value.answered_by) == (0, "cassette")
    assert len(openai_server.requests) == 2


def test_an_answer_that_a_filter_withheld_comes_back_as_that():
    data = to_line(ModelError("withheld", kind="content_filter"), ())
    error = from_line(data, "cache")
    assert (error.kind, str(error), error.answered_by) == ("content_filter", "withheld", "cache")


async def test_the_same_call_twice_at_once_is_made_once(openai_server, tmp_path):
    openai_server.delay_s = 0.05
    with Cassette(tmp_path / "c.jsonl", record=True) as cassette:
        model = recorder(cassette, openai_server)
        replies = await asyncio.gather(*(model.ask(PROMPT, MOST) for _ in range(5)))
    assert len(openai_server.requests) == 1
    assert len({reply.text for reply in replies}) == 1
    assert sorted(reply.answered_by for reply in replies) == ["cassette"] * 4 + ["model"]


async def test_no_secret_reaches_a_cassette_even_when_the_model_repeats_it(
    openai_server, tmp_path, monkeypatch
):
    monkeypatch.setenv("SOME_API_KEY", "of-the-environment-77")
    prompt = [
        Message("user", "The code for the gate is hunter-4711 of-the-environment-77."),
        Message("user", "What is the code for the gate?"),
    ]
    with Cassette(tmp_path / "c.jsonl", record=True) as cassette:
        reply = await recorder(cassette, openai_server, api_key="hunter-4711").ask(prompt, MOST)
        cassette.save(drop=True)
    assert "*** ***" in reply.text
    text = (tmp_path / "c.jsonl").read_text()
    assert "hunter" not in text
    assert "environment" not in text
    replayed = replayer(tmp_path / "c.jsonl", openai_server, api_key="sk-2")
    assert (await replayed.ask(prompt, MOST)).text == reply.text


def test_only_what_opens_a_door_is_a_secret_of_the_environment():
    found = secrets_in_env({"A_KEY": "k" * 12, "B_TOKEN": "no", "MONKEY_BUSINESS": "b" * 20})
    assert found == ("k" * 12,)


def a_call(i):
    return call("openai/x", {"max_tokens": 8}, [Message("user", f"question {i}")], 0)


def a_reply(i):
    return {"reply": f"Antwort {i} „é“", "finish_reason": "stop", "prompt_tokens": i}


def recorded(path, order, *, drop=True):
    with Cassette(path, record=True) as cassette:
        for i in order:
            if cassette.find(a_call(i)) is None:
                cassette.keep(a_call(i), a_reply(i))
        return cassette.save(drop=drop)


@settings(max_examples=20, deadline=None)
@given(order=st.permutations(range(8)), packed=st.booleans())
def test_the_order_of_the_calls_does_not_change_a_byte(tmp_path_factory, order, packed):
    folder = tmp_path_factory.mktemp("order")
    name = "c.jsonl.gz" if packed else "c.jsonl"
    recorded(folder / "a" / name, range(8))
    recorded(folder / "b" / name, order)
    assert (folder / "a" / name).read_bytes() == (folder / "b" / name).read_bytes()


def test_recording_again_keeps_what_is_there_adds_what_is_new_and_drops_what_is_not_asked(tmp_path):
    path = tmp_path / "c.jsonl"
    first = recorded(path, range(4))
    before = set(path.read_text().splitlines())
    saved = recorded(path, range(2, 7))
    after = set(path.read_text().splitlines())
    assert (first.replies, first.new, first.dropped) == (4, 4, 0)
    assert (saved.replies, saved.new, saved.dropped) == (5, 3, 2)
    assert str(saved).endswith("5 answers, 3 of them new, 2 dropped that nothing asks for any more")
    assert len(after - before) == 3
    assert len(before - after) == 2
    assert recorded(path, [0], drop=False).replies == 6


def test_gzip_is_told_by_the_suffix_and_holds_the_same(tmp_path):
    recorded(tmp_path / "c.jsonl", range(3))
    recorded(tmp_path / "c.jsonl.gz", range(3))
    plain = (tmp_path / "c.jsonl").read_bytes()
    assert gzip.decompress((tmp_path / "c.jsonl.gz").read_bytes()) == plain
    assert dict(Cassette(tmp_path / "c.jsonl.gz").find(a_call(1)))["reply"] == "Antwort 1 „é“"
    assert "„é“" in plain.decode()


def test_a_recording_that_was_killed_loses_nothing(tmp_path):
    path = tmp_path / "c.jsonl"
    recorded(path, [0])
    killed = Cassette(path, record=True)
    killed.keep(a_call(1), a_reply(1))
    with (tmp_path / "c.jsonl.part").open("ab") as file:
        file.write(b'{"model": "torn')
    killed._part.close()  # as the system does for a process that is gone
    saved = recorded(path, [0, 1])
    assert (saved.replies, saved.new) == (2, 1)
    assert [p.name for p in tmp_path.iterdir()] == ["c.jsonl"]


def test_two_runs_do_not_record_one_cassette(tmp_path):
    first = Cassette(tmp_path / "c.jsonl", record=True)
    with pytest.raises(UsageError, match="is being recorded by another run; wait for it"):
        Cassette(tmp_path / "c.jsonl", record=True)
    first.close()
    Cassette(tmp_path / "c.jsonl", record=True).close()


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("", FileError, r"c.jsonl:1: not JSON"),
        ('{"schema": 1}\n', UsageError, "is no cassette: its first line does not say so"),
        (
            '{"cassette": 1, "sent": {"openai/x": false}}\n',
            FileError,
            "'sent.openai/x' is false, expected an object",
        ),
        (
            '{"cassette": 2}\n',
            UsageError,
            "is a cassette of schema 2; this version reads schema 1: delete it",
        ),
        ('{"cassette": 1}\n{"model": "x"\n', FileError, r"c.jsonl:2: not JSON"),
        ('{"cassette": 1}\n[]\n', FileError, r"c.jsonl:2: expected a JSON object on each line"),
        (
            '{"cassette": 1}\n{"model": "x", "options": {}, "repeat": 0, "reply": "y"}\n',
            FileError,
            "c.jsonl:2: it lacks finish_reason, prompt",
        ),
    ],
)
def test_a_damaged_cassette_is_one_sentence(tmp_path, text, kind, message):
    (tmp_path / "c.jsonl").write_text(text)
    with pytest.raises(kind, match=message):
        Cassette(tmp_path / "c.jsonl")


def test_a_cassette_that_is_missing_or_no_gzip_is_one_sentence(tmp_path):
    with pytest.raises(UsageError, match=r"no cassette .*c.jsonl; record it first"):
        Cassette(tmp_path / "c.jsonl")
    (tmp_path / "c.jsonl.gz").write_text("plain")
    with pytest.raises(UsageError, match=r"c.jsonl.gz is damaged"):
        Cassette(tmp_path / "c.jsonl.gz")


def test_texts_of_any_kind_come_back_as_they_were(tmp_path):
    odd = "a\u2028b\x85c\r\n\ud800 \x00"
    reply = Reply(text=odd, finish_reason=None, prompt_tokens=None)
    with Cassette(tmp_path / "c.jsonl", record=True) as cassette:
        cassette.keep(a_call(0), to_line(reply, ()))
        cassette.save(drop=True)
    again = from_line(Cassette(tmp_path / "c.jsonl").find(a_call(0)), "cassette")
    assert again.text == odd
    assert again.prompt_tokens is None


def test_replaying_never_imports_litellm_and_needs_no_key(tmp_path):
    scenario = ROOT / "scenarios" / "needle.yaml"
    args = [scenario, "-m", "reference/perfect", "-w", "2k", "--seeds", "1", "--fills", "0.5"]
    more = ["-q", "--cassette", tmp_path / "c.jsonl", "--out", tmp_path / "out"]
    from tests.support.command import harness

    assert harness("run", *args, *more, "--record").code == 0
    path = tmp_path / "c.jsonl"
    text = path.read_text().replace("reference/perfect", "openai/gpt-4o")
    path.write_text(text)
    code = (
        "import sys; sys.argv = ['harness', *sys.argv[1:]]\n"
        "try:\n    from harness.cli import main; main()\n"
        "except SystemExit as leave: print(leave.code, 'litellm' in sys.modules)"
    )
    args[2] = "openai/gpt-4o"
    done = subprocess.run(  # noqa: S603 -- our own interpreter
        [sys.executable, "-c", code, "run", *map(str, [*args, *more, "--replay"])],
        cwd=ROOT, capture_output=True, text=True, check=True, env={"PATH": "/bin"},
    )  # fmt: skip
    assert done.stdout.split() == ["0", "False"], done.stderr
    assert json.loads(text.splitlines()[0])["cassette"] == 1
