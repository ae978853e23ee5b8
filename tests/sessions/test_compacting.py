from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.core.errors import UsageError
from harness.core.messages import Message
from harness.core.window import History
from harness.sessions.memories.fitting import notes_tokens
from harness.sessions.policies import policies
from harness.sessions.policies.conformance import check_compacting, check_policy
from harness.sessions.policies.reintroduce import Reintroduce
from harness.sessions.policies.summarise import Summarise


@st.composite
def histories(draw):
    """Sessions of whole turns, the question left out."""
    roles = ["system"] * draw(st.integers(0, 1)) + ["user", "assistant"] * draw(st.integers(0, 12))
    sizes = [draw(st.integers(1, 90)) for _ in roles]
    offsets = [0]
    for size in sizes:
        offsets.append(offsets[-1] + size)
    return History(
        messages=tuple(Message(role, f"{i}") for i, role in enumerate(roles)),
        offsets=tuple(offsets),
        stop=len(roles),
        question_tokens=0,
    )


@settings(deadline=None)
@given(
    history=histories(),
    budget=st.integers(40, 900),
    at=st.sampled_from([0.5, 0.8, 1.0]),
    keep=st.sampled_from([0.0, 0.25, 0.4]),
)
def test_a_compaction_never_takes_the_system_message_or_the_newest_turn(history, budget, at, keep):
    policy = Summarise(at=at, keep=keep, budget=20)
    stop = check_compacting(policy, history, budget, share=at)
    if stop:
        replaced = history.tokens(history.system, stop)
        assert replaced > 20
        last_turn = history.tokens(history.stop - 2, history.stop)
        assert history.tokens(stop, history.stop) <= max(keep * budget, last_turn)


@settings(deadline=None)
@given(history=histories(), budget=st.integers(10, 900))
def test_what_compactions_left_is_still_cut_to_fit(history, budget):
    check_policy(Summarise(), history, budget)
    check_policy(Reintroduce(), history, budget)


async def test_a_summary_that_is_too_long_is_cut_by_sentences_and_says_so():
    class Talkative:
        async def write(self, instruction: str, /, *, max_tokens: int) -> str:
            assert "in at most 30 tokens" in instruction
            assert max_tokens == 30
            return " ".join(f"Thing number {i} was said." for i in range(20))

    turn = await Summarise(budget=30).compact(Talkative())
    assert turn.user.splitlines()[2] == "Thing number 0 was said."
    assert turn.user.endswith("more sentences left out)")
    assert notes_tokens("\n".join(turn.user.splitlines()[2:])) <= 30


def test_a_reminder_comes_when_it_is_time_and_there_is_something_to_say():
    policy = Reintroduce(every=3)
    assert policy.reminder(2, "Be brief.") is None
    assert policy.reminder(9, "  ") is None
    turn = policy.reminder(3, "Be brief.")
    assert turn is not None
    assert turn.user.endswith("\n\nBe brief.")


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        ("summarise?at=1.5", "at is a share of the budget, in (0, 1]; got 1.5"),
        ("summarise?keep=0.9", "keep is a share below 'at' (0.8), in [0, 1); got 0.9"),
        ("summarise?budget=0", "budget is 0; expected 1 or more"),
        ("reintroduce?every=0", "every is 0; expected 1 or more turns"),
        ("reintroduce?then=drop_old", "then is 'drop_old': did you mean 'drop_oldest'?"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(spec, problem):
    with pytest.raises(UsageError) as refused:
        policies.resolve(spec)
    assert problem in str(refused.value)
