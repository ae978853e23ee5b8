from __future__ import annotations

import random
import sqlite3
import stat

import pytest

from harness.core.errors import ModelError, OverflowRefusedError, UsageError
from harness.core.messages import Message
from harness.models import make_model
from harness.models.address import address, served_here
from harness.models.answer_store.cache import FILE, Cache
from harness.models.answer_store.call import call
from harness.models.answer_store.model import CachedModel
from tests.support.damage import damage_cache
from tests.support.openai_server import refused, server_error

NAME = "openai/gpt-4o"
PROMPT = [
    Message("user", "The code for the side door is 4711."),
    Message("user", "What is the code for the side door?"),
]
DAY_S = 86_400.0


def a_call(i, model=NAME):
    return call(model, {"max_tokens": 8}, [Message("user", f"question {i}")], 0)


def test_an_answer_is_given_again_until_it_is_too_old(tmp_path):
    clock = [1000.0 * DAY_S]
    with Cache(tmp_path, most_days=7, now=lambda: clock[0]) as cache:
        cache.keep(a_call(1), {"reply": "a \ud800 “b”"})
    clock[0] += 6.9 * DAY_S
    with Cache(tmp_path, most_days=7, now=lambda: clock[0]) as cache:
        assert cache.find(a_call(1)) == {"reply": "a \ud800 “b”"}
        assert cache.find(a_call(2)) is None
        assert cache.find(a_call(1, "openai/gpt-5")) is None
        assert cache.hits == 1
        clock[0] += 0.2 * DAY_S
        assert cache.find(a_call(1)) is None
        cache.keep(a_call(1), {"reply": "new"})
        assert cache.find(a_call(1)) == {"reply": "new"}


async def test_a_call_that_was_answered_is_never_paid_for_again(openai_server, tmp_path):
    async def ask(**more):
        with Cache(tmp_path) as cache:
            options = {**openai_server.options, "max_attempts": 1}
            model = CachedModel(NAME, options, make_model(NAME, options), cache, source="cache")
            return await model.ask(PROMPT, {"max_tokens": 50}, **more)

    first, again = await ask(), await ask()
    assert len(openai_server.requests) == 1
    assert again.text == first.text
    assert again.prompt_tokens == first.prompt_tokens
    assert (first.cost_usd > 0, first.answered_by) == (True, "model")
    assert (again.cost_usd, again.answered_by) == (0.0, "cache")
    await ask(repeat=1)
    assert len(openai_server.requests) == 2


async def test_a_refusal_at_the_ceiling_is_kept_and_a_fault_is_not(openai_server, tmp_path):
    with Cache(tmp_path) as cache:
        options = {**openai_server.options, "max_attempts": 1}
        model = CachedModel(NAME, options, make_model(NAME, options), cache, source="cache")
        openai_server.then(server_error(), refused("prompt is too long: 9 tokens > 8 maximum"))
        with pytest.raises(ModelError, match="had an error"):
            await model.ask(PROMPT, {})
        for _ in range(2):
            with pytest.raises(OverflowRefusedError, match="too long"):
                await model.ask(PROMPT, {})
    assert len(openai_server.requests) == 2


def test_what_is_held_is_listed_by_model_and_pruned_by_age_and_model(tmp_path):
    clock = [0.0]
    with Cache(tmp_path, now=lambda: clock[0]) as cache:
        for day, model in enumerate(["a/x", "b/y", "a/x"]):
            clock[0] = day * DAY_S
            cache.keep(a_call(day, model), {"reply": "0123"})
        held = cache.held()
        assert [(h.model, h.answers, h.oldest_s, h.newest_s) for h in held] == [
            ("a/x", 2, 0.0, 2 * DAY_S),
            ("b/y", 1, DAY_S, DAY_S),
        ]
        assert held[1].bytes == len('{"reply":"0123"}')
        assert cache.prune(days=1.5) == 1
        assert cache.prune(model="b/y") == 1
        assert [h.model for h in cache.held()] == ["a/x"]
        assert cache.prune() == 1
        assert not cache.held()


def test_two_runs_use_one_cache_at_a_time(tmp_path):
    with Cache(tmp_path) as one, Cache(tmp_path) as other:
        one.keep(a_call(1), {"reply": "1"})
        other.keep(a_call(2), {"reply": "2"})
        assert one.find(a_call(2)) == {"reply": "2"}
        assert other.find(a_call(1)) == {"reply": "1"}
        assert one.broken is other.broken is None


def test_answers_are_for_their_owner_alone(tmp_path):
    Cache(tmp_path / "new").close()
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_a_cache_that_breaks_in_a_run_costs_only_the_saving(tmp_path):
    with Cache(tmp_path) as cache:
        cache.keep(a_call(1), {"reply": "1"})
        cache._db.execute("PRAGMA query_only = ON")  # as a disk that is full or read-only
        cache.keep(a_call(2), {"reply": "2"})
        assert "readonly" in cache.broken
        assert cache.find(a_call(1)) is None
        with pytest.raises(UsageError, match=r"answers.sqlite cannot be used: .*readonly"):
            cache.prune()
    with Cache(tmp_path) as cache:
        assert cache.find(a_call(1)) == {"reply": "1"}
        cache._db.execute("UPDATE answers SET data = 'torn'")
        assert cache.find(a_call(1)) is None
        assert cache.broken


def test_a_cache_that_cannot_be_used_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"cannot be used: .*; use --cache DIR or --no-cache"):
        Cache(tmp_path / "file" / "sub")
    (tmp_path / "answers.sqlite").write_text("this is no database, " * 100)
    with pytest.raises(UsageError, match="file is not a database; use --cache DIR or --no-cache"):
        Cache(tmp_path)
    newer = tmp_path / "newer"
    Cache(newer).close()
    db = sqlite3.connect(newer / "answers.sqlite")
    db.execute("PRAGMA user_version = 9")
    db.close()
    with pytest.raises(UsageError, match="is a cache of schema 9; this version reads schema 1"):
        Cache(newer)


@pytest.mark.parametrize(
    ("name", "options", "environment", "expected"),
    [
        ("openai/x", {"api_base": "http://a/v1"}, {"OPENAI_API_BASE": "http://b"}, "http://a/v1"),
        ("openai/x", {}, {"OPENAI_API_BASE": "http://b"}, "http://b"),
        ("gpt-4o", {}, {"OPENAI_BASE_URL": "http://b"}, "http://b"),
        ("ollama_chat/x", {}, {"OLLAMA_API_BASE": "http://c"}, "http://c"),
        ("anthropic/x", {}, {"OPENAI_API_BASE": "http://b"}, None),
    ],
)
def test_the_address_of_a_model_is_found_where_litellm_finds_it(
    name, options, environment, expected
):
    assert address(name, options, environment) == expected


@pytest.mark.parametrize(
    ("name", "at", "here"),
    [
        ("openai/x", "http://localhost:8000/v1", True),
        ("openai/x", "http://127.0.0.1:8000", True),
        ("openai/x", "http://[::1]:8000", True),
        ("openai/x", "localhost:8000", True),
        ("openai/x", "https://gateway.example.org/v1", False),
        ("openai/x", None, False),
        ("ollama/x", None, True),
        ("ollama/x", "http://gpu-server:11434", False),
    ],
)
def test_a_model_on_this_machine_is_told_from_one_that_is_paid_for(name, at, here):
    assert served_here(name, at) is here


@pytest.mark.parametrize("number", range(40))
async def test_an_answer_that_was_damaged_in_any_way_is_asked_for_anew(tmp_path, number):
    async def ask():
        with Cache(tmp_path) as cache:
            inner = make_model("reference/perfect", {})
            model = CachedModel("reference/perfect", {}, inner, cache, source="cache")
            return await model.ask(PROMPT, {})

    first = await ask()
    damage_cache(random.Random(number), tmp_path / FILE)
    try:
        again = await ask()
    except UsageError:  # the file is no cache any more, and is named
        return
    assert isinstance(again.text, str)
    assert again.answered_by == "cache" or again.text == first.text
