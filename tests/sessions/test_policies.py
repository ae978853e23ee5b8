from __future__ import annotations

from dataclasses import replace
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.core.errors import UsageError
from harness.core.messages import Message, turn_starts
from harness.core.window import History, Span
from harness.sessions.policies import (
    ClearToolResults,
    DropOldest,
    KeepEnds,
    Refuse,
    Reintroduce,
    SendAll,
    Summarise,
    clearing,
    compacting,
    policies,
    reminding,
)
from harness.sessions.policies.clear_tool_results import CLEARED
from harness.sessions.policies.conformance import check_clearing, check_policy
from tests.support.turns import turn, turns


@st.composite
def histories(draw):
    """Sessions as they come: system messages, turns, now and then an answer more or less."""
    roles = ["system"] * draw(st.integers(0, 2))
    for _ in range(draw(st.integers(0, 14))):
        roles += draw(
            st.sampled_from(
                [["user", "assistant"], ["user", "assistant", "assistant"], ["user", "user"]]
            )
        )
    sizes = [draw(st.integers(1, 60)) for _ in roles]
    offsets = [0]
    for size in sizes:
        offsets.append(offsets[-1] + size)
    stop = draw(st.integers(roles.count("system"), len(roles)))
    while stop < len(roles) and roles[stop] != "user":
        stop += 1
    return History(
        messages=tuple(Message(role, f"{i}") for i, role in enumerate(roles)),
        offsets=tuple(offsets),
        stop=stop,
        question_tokens=draw(st.integers(4, 40)),
    )


POLICIES = [
    DropOldest(),
    DropOldest(tokens=150),
    KeepEnds(),
    KeepEnds(head=0.0),
    KeepEnds(head=1.0),
    KeepEnds(head=0.5, tokens=200),
    Refuse(),
]


@pytest.mark.parametrize("policy", POLICIES, ids=str)
@given(history=histories(), budget=st.integers(10, 900))
def test_law_9_holds_for_every_policy(policy, history, budget):
    own = getattr(policy, "tokens", None)
    check_policy(policy, history, budget if own is None else min(own, budget))


@given(history=histories(), budget=st.integers(10, 900))
def test_send_all_sends_all(history, budget):
    check_policy(SendAll(), history, budget, sends_all=True)


@st.composite
def histories_of_tools(draw):
    """Sessions of turns of any shape, and in a tenth of them messages in any order."""
    whole = draw(st.lists(turns(), min_size=1, max_size=6))
    messages = [Message("system", "s"), *(m for turn in whole for m in turn.messages)]
    if draw(st.integers(0, 9)) == 0:
        messages = draw(st.permutations(messages))
    sizes = draw(st.lists(st.integers(1, 60), min_size=len(messages), max_size=len(messages)))
    starts = [*turn_starts(messages), len(messages)]
    return History(
        messages=tuple(messages),
        offsets=tuple(accumulate(sizes, initial=0)),
        stop=draw(st.sampled_from(starts)),
        question_tokens=draw(st.integers(4, 40)),
    )


@pytest.mark.parametrize("policy", [*POLICIES, Summarise(), Reintroduce()], ids=str)
@given(history=histories_of_tools(), budget=st.integers(10, 900))
def test_no_view_separates_a_call_from_its_result(policy, history, budget):
    own = getattr(policy, "tokens", None)
    if not isinstance(policy, Summarise):
        check_policy(policy, history, budget if own is None else min(own, budget))
    view = policy.view(history, budget)
    for call, result in pairs(history):
        assert view.holds(call) == view.holds(result) or view.refused


@given(history=histories_of_tools(), budget=st.integers(10, 900))
def test_no_compaction_separates_a_call_from_its_result(history, budget):
    history = replace(history, question_tokens=0)
    if history.prompt_tokens <= budget or not turn_starts(history.messages[: history.stop]):
        return
    stop = Summarise(at=0.5, keep=0.2, budget=1).compacts(history, budget)
    for call, result in pairs(history):
        assert not stop or (call < stop) == (result < stop)


CLEARING = [
    ClearToolResults(keep=0, at=0.0),
    ClearToolResults(keep=2, at=0.3),
    ClearToolResults(keep=1, exclude="look_up+search", at=0.0),
    ClearToolResults(keep=1, exclude="search", at=0.5, tokens=300),
]


@pytest.mark.parametrize("policy", CLEARING, ids=str)
@given(history=histories_of_tools(), budget=st.integers(10, 900))
def test_law_9_holds_for_what_clearing_leaves(policy, history, budget):
    own = min(budget, policy.tokens or budget)
    found = policy.clears(history, budget)
    left = check_clearing(policy, history, budget)
    check_policy(policy, left, own)
    results = [i for i, m in enumerate(history.messages[: history.stop]) if m.result is not None]
    if policy.exclude.startswith("look_up") or history.prompt_tokens <= policy.at * own:
        assert not found
    else:
        assert list(found) == results[: max(len(results) - policy.keep, 0)]
    for i, (before, after) in enumerate(zip(history.messages, left.messages, strict=True)):
        assert after.text == (CLEARED if i in found else before.text)


def test_the_law_checker_catches_a_policy_that_clears_less_of_a_longer_history():
    class Forgetful(ClearToolResults):
        def clears(self, history, budget_tokens, /):
            every = super().clears(history, budget_tokens)
            return every if len(history.turn_starts) < 3 else ()

    whole = [turn(1, [(1, 5, False)], answered=True) for _ in range(3)]
    messages = tuple(m for one in whole for m in one.messages)
    offsets = tuple(range(0, 10 * len(messages) + 1, 10))
    history = History(messages=messages, offsets=offsets, stop=len(messages), question_tokens=5)
    with pytest.raises(AssertionError, match="what is cleared of a shorter history is cleared of"):
        check_clearing(Forgetful(keep=0, at=0.0), history, 100)


def test_only_a_result_can_be_cleared():
    with pytest.raises(ValueError, match="a message of role 'user' is no result of a tool"):
        ClearToolResults().cleared(Message("user", "Hello."))


def test_policies_work_together_and_each_does_its_own():
    both = policies.resolve("clear_tool_results?keep=1|summarise?at=0.6")
    assert clearing(both) == ClearToolResults(keep=1)
    assert compacting(both) == Summarise(at=0.6)
    assert reminding(both) is None
    assert reminding(policies.resolve("reintroduce?every=3|keep_ends")) == Reintroduce(every=3)
    history = session(8)
    assert both.view(history, 60) == DropOldest().view(history, 60)


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        ("summarise|summarise?at=0.5", "two of them summarise; name one that does"),
        ("clear_tool_results|clear_tool_results", "two of them clear; name one that does"),
        ("clear_tool_results?keep=-1", "keep is -1; expected 0 or more results"),
        ("clear_tool_results?threshold=2", "at is a share of the budget, in [0, 1]; got 2.0"),
        ("drop_oldest|nobody", "unknown policy 'nobody'"),
    ],
)
def test_policies_that_make_no_sense_together_are_refused(spec, problem):
    with pytest.raises(UsageError) as caught:
        policies.resolve(spec)
    assert problem in str(caught.value)


def pairs(history):
    """Indexes of each call and the result that answers it."""
    called = {}
    for index, message in enumerate(history.messages[: history.stop]):
        called |= {call.id: index for call in message.calls}
        if message.result is not None and message.result.call_id in called:
            yield called[message.result.call_id], index


def session(turns: int, size: int = 10) -> History:
    roles = ["system", *["user", "assistant"] * turns]
    return History(
        messages=tuple(Message(role, f"{i}") for i, role in enumerate(roles)),
        offsets=tuple(range(0, size * (len(roles) + 1), size)),
        stop=len(roles),
        question_tokens=10,
    )


def test_drop_oldest_keeps_the_system_message_and_the_newest_turns():
    view = DropOldest().view(session(turns=5), 70)
    assert view.spans == (Span(0, 1), Span(7, 11))
    assert view.holds(0)
    assert not view.holds(1)


def test_a_session_of_61k_under_a_window_of_65k_is_sent_whole():
    # A well-known harness counts such sessions twice and keeps 439 tokens of them.
    history = session(turns=3000, size=10)
    assert history.prompt_tokens == 60_020
    assert DropOldest().view(history, 65_000).spans == (Span(0, 6001),)


def test_keep_ends_drops_the_middle():
    view = KeepEnds(head=0.5).view(session(turns=10), 100)
    assert view.spans == (Span(0, 5), Span(17, 21))


def test_refuse_is_all_or_nothing():
    assert Refuse().view(session(turns=5), 120).spans == (Span(0, 11),)
    assert Refuse().view(session(turns=5), 119).refused == (
        "the prompt has 120 tokens; the window leaves 119 for it"
    )


def test_a_budget_below_system_and_question_is_refused_not_overrun():
    view = DropOldest().view(session(turns=5), 19)
    assert view.refused == "system message and question need 20 tokens; the budget is 19"
    assert KeepEnds().view(session(turns=5), 19).refused is not None


def test_the_law_checker_catches_a_policy_that_keeps_too_little():
    class Forgetful:
        def view(self, history, budget_tokens, /):
            view = DropOldest().view(history, budget_tokens)
            return type(view)(view.spans[:1])

    with pytest.raises(AssertionError, match="law 9 is broken: the view is maximal"):
        check_policy(Forgetful(), session(turns=5), 70)


def test_policies_resolve_by_name_with_options():
    assert policies.resolve("drop_oldest?tokens=4000") == DropOldest(tokens=4000)
    with pytest.raises(UsageError, match="did you mean 'drop_oldest'"):
        policies.resolve("drop_oldst")
    with pytest.raises(UsageError, match=r"head is a share of the room, in \[0, 1\]; got 1.5"):
        policies.resolve("keep_ends?head=1.5")
