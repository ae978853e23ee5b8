from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.core.messages import Message, Turn
from harness.core.parts import ToolCall, ToolResult
from harness.sessions.shortening import shortened
from harness.sessions.tokens import TokenCounter

SIZE = TokenCounter().message


def looked_up(*lengths):
    ids = [f"call_{i}" for i in range(len(lengths))]
    lines = ["\n".join(f"line {n} of output {i}" for n in range(k)) for i, k in enumerate(lengths)]
    return Turn(
        (
            Message("user", "What does it say?"),
            Message("assistant", tuple(ToolCall(name, "read", "{}") for name in ids)),
            *(
                Message("tool", (ToolResult(i, t, "read"),))
                for i, t in zip(ids, lines, strict=True)
            ),
            Message("assistant", "It says a lot."),
        )
    )


@given(st.lists(st.integers(1, 60), min_size=1, max_size=3), st.integers(20, 600))
def test_a_turn_is_cut_to_fit_in_its_results_alone_and_says_so(lengths, most):
    turn = looked_up(*lengths)
    whole = sum(map(SIZE, turn.messages))
    cut = shortened(turn, min(most, whole - 1), SIZE)
    if cut is None:
        return
    assert sum(map(SIZE, cut.messages)) <= most
    for before, after in zip(turn.messages, cut.messages, strict=True):
        if before != after:
            assert before.result is not None
            assert before.result.call_id == after.result.call_id
            kept = [line for line in after.text.split("\n") if "not shown" not in line]
            gone = len(before.text.split("\n")) - len(kept)
            assert f"[... {gone} lines not shown ...]" in after.text
            assert kept[0] == before.text.split("\n")[0]
            assert kept[-1] == before.text.split("\n")[-1]


def test_the_longest_cut_that_fits_is_taken():
    turn = looked_up(40)
    cut = shortened(turn, 200, SIZE)
    assert 190 <= sum(map(SIZE, cut.messages)) <= 200


def test_what_has_too_few_lines_to_cut_is_left():
    assert shortened(looked_up(2), 20, SIZE) is None
    assert shortened(Turn.of("word " * 50, "Yes."), 20, SIZE) is None
