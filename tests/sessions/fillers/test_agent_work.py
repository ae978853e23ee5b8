from __future__ import annotations

import json
from itertools import islice, pairwise

import pytest

from harness.core.chat_format import to_chat
from harness.core.draws import Draws
from harness.sessions.fillers.agent_work import AgentWork
from harness.sessions.fillers.conformance import check_filler
from harness.sessions.leaks import LeakCheck
from harness.sessions.stream import FillerStream
from harness.sessions.tokens import TokenCounter
from tests.support.openai_server import wrong_shapes


def read(seed, turns):
    return list(islice(AgentWork().turns(Draws("test", seed)), turns))


@pytest.fixture(scope="module")
def turns():
    return read(1, 250)


@pytest.fixture(scope="module")
def sizes(turns):
    counter = TokenCounter()
    return [[counter.message(m) for m in turn.messages] for turn in turns]


def test_agent_work_keeps_the_law_of_fillers():
    check_filler(AgentWork(), turns=80)


def test_most_of_an_agents_session_is_what_its_tools_gave_back(turns, sizes):
    total = sum(map(sum, sizes))
    of_tools = sum(
        size
        for turn, row in zip(turns, sizes, strict=True)
        for message, size in zip(turn.messages, row, strict=True)
        if message.role == "tool"
    )
    assert total > 150_000
    assert 0.7 < of_tools / total < 0.95


def test_a_million_tokens_come_and_no_message_twice():
    found = read(2, 1_700)
    texts = [message.text for turn in found for message in turn.messages]
    assert len(set(texts)) == len(texts)
    assert sum(map(len, texts)) > 2_700_000  # under 2.7 characters of code and logs a token


def test_every_turn_is_one_that_a_provider_takes(turns):
    chat = [to_chat(message) for turn in turns for message in turn.messages]
    assert list(wrong_shapes(chat)) == []
    called = [call for message in chat for call in message.get("tool_calls", ())]
    assert all(isinstance(json.loads(c["function"]["arguments"]), dict) for c in called)
    assert len({call["id"] for call in called}) == len(called)
    assert {"search", "read_file", "run", "edit_file", "web_search", "fetch_page"} == {
        call["function"]["name"] for call in called
    }
    roles = [message["role"] for message in chat]
    assert all(before == "assistant" for before, role in pairwise(roles) if role == "user")


def test_turns_that_hold_a_planted_value_never_enter_a_session(turns):
    word = "quotas"
    held = [turn for turn in turns if any(word in m.text.split() for m in turn.messages)]
    assert held
    check = LeakCheck([word])
    stream = FillerStream(AgentWork(), ("test", 1), TokenCounter(), check, "agent-work")
    kept = [stream.turn(index) for index in range(60)]
    assert stream.left_out
    assert not any(check.holds(m.text) for turn in kept for m in turn.messages)
