import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.core.thinking import split_thinking

THOUGHT = "Exuberant was the draft, tender a rumour.\n\nSo it is not exuberant."
PAIRS = [
    ("<think>", "</think>"),
    ("<THINK>", "</THINK>"),
    ("<think >", "</ think >"),
    ('<think time="3s" mode="deep">', "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<thoughts>", "</thoughts>"),
    ("<reasoning>", "</reasoning>"),
    ("<reflection>", "</reflection>"),
    ("<scratchpad>", "</scratchpad>"),
    ("<inner_monologue>", "</inner_monologue>"),
    ("<seed:think>", "</seed:think>"),
    ("<thinking>", "</thinking>"),
    ("[THINK]", "[/THINK]"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("<|START_THINKING|>", "<|END_THINKING|>"),
    ("<|thinking|>", "<|/thinking|>"),
    ("◁think▷", "◁/think▷"),
    ("<unused94>thought\n", "<unused95>"),
    ("<|channel>thought\n", "<channel|>"),
    ("<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"),
    ("analysis", "assistantfinal"),
    ("analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"),
    ("Here is my thought process:\n", "\n\nHere is my response:\n"),
]


@pytest.mark.parametrize(("opens", "closes"), PAIRS)
@pytest.mark.parametrize("answer", ["Dry.", "dry", "Dry, <b>not</b> loud:\n\n1. really"])
@pytest.mark.parametrize("gap", ["", "\n", "\n\n"])
def test_what_is_thought_between_marks_is_set_aside(opens, closes, answer, gap):
    found = split_thinking(f"{opens}{gap}{THOUGHT}{gap}{closes}{gap}{answer}")
    assert (found.answer, found.thinking, found.unfinished) == (answer, THOUGHT, False)


@pytest.mark.parametrize(("opens", "closes"), PAIRS)
def test_an_answer_that_never_began_is_none(opens, closes):
    found = split_thinking(f"{opens}{THOUGHT}")
    prose = opens.startswith("Here")
    assert (found.answer, found.unfinished) == (
        (f"{opens}{THOUGHT}", False) if prose else ("", True)
    )


@pytest.mark.parametrize(("opens", "closes"), PAIRS[:18])
def test_a_missing_opening_mark_is_no_loss(opens, closes):
    found = split_thinking(f"{THOUGHT}{closes}Dry.")
    assert (found.answer, found.thinking) == ("Dry.", THOUGHT)
    assert split_thinking(f"it is dry {closes} dry").answer == "dry"


@pytest.mark.parametrize(("opens", "closes"), PAIRS[:18])
def test_a_lone_closing_mark_at_the_end_closes_nothing(opens, closes):
    assert split_thinking(f"Dry.{closes}").answer == "Dry."
    assert split_thinking(f"Dry.\n{closes}\n").answer == "Dry."
    assert split_thinking(f"{opens}Tender? No.{closes}Dry.{closes}").answer == "Dry."


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("<think>a <think>b</think> c</think>Dry.", "Dry."),
        ("<think>a <think>b</think>Dry.", "Dry."),
        ("<think>a</think><think>b</think>Dry.", "Dry."),
        ("<think>a</think>\nDry.\n<think>or tender", "Dry."),
        ("<think>I close with </think> later. Tender? No.</think>Dry.", "Dry."),
        ("<think>a <thinking>b</thinking></think>Dry.", "Dry."),
        ("<think/>Dry.", "<think/>Dry."),
        ("<think></think>Dry.", "Dry."),
        ("Let me see. <think>tender? no</think> Dry.", "Let me see.  Dry."),
        ("<think>a</think><answer>Dry.</answer>", "Dry."),
        (
            "<|begin_of_thought|>a<|end_of_thought|><|begin_of_solution|>Dry.<|end_of_solution|>",
            "Dry.",
        ),
        ("<think>a</think>Dry.<|im_end|>", "Dry."),
        (("<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>commentary<|message|>b"
         "<|end|><|start|>assistant<|channel|>final<|message|>Dry.<|return|>"), "Dry."),
        ("<|channel|>final<|message|>Dry.", "Dry."),
        ("assistantfinalDry.", "Dry."),
        ("finalDry.", "Dry."),
        ("analysisTender? No.assistantcommentaryNo tool.assistantfinal\n\nDry.", "Dry."),
    ],
)  # fmt: skip
def test_marks_in_any_order_leave_the_answer(text, answer):
    assert split_thinking(text).answer == answer


@pytest.mark.parametrize(
    "text",
    [
        "The tag is <think>, and the voice is dry.",
        "Use <think> for thoughts; the voice is dry.",
        "The voice is dry (wrap thoughts in `<think>` and `</think>`).",
        'You asked for "</think>" at the end. Dry.',
        "The tag </think> ends it, and the voice is dry.",
        "The voice is dry; the closing mark is </think>.",
        "analysis of the brief says that it is dry",
        "[Rationale]\nIt is dry.",
        "[Reasoning] It is dry.",
        "It is dry.\n<analysis>\nFor that is what was said.",
        "a < b, [b] > c, <b>dry</b>",
        "final answer: dry",
        "",
        "  dry \n",
    ],
)
def test_a_mark_that_is_spoken_of_leaves_the_answer_whole(text):
    assert split_thinking(text).answer == text
    assert split_thinking(text).thinking == ""


def test_thinking_that_holds_marks_is_shown_without_them():
    assert split_thinking("<think>a <think>b</think> c</think>Dry.").thinking == "a b c"


@pytest.mark.parametrize(
    "piece",
    [
        "<think>", "</think>", "<think></think>", "<think>a</think>b", "</think>a", "</s>", "<",
        "<think ", "<|channel|>", "<|message|>", "assistantfinal", "analysis", "\n", " ", "[THINK",
        "the </think> ", "<|channel|>final<|message|>", "here is my response:\n",
    ],
)  # fmt: skip
@pytest.mark.parametrize("first", ["", "<think>", "analysis"])
def test_a_long_reply_takes_no_longer_than_its_length(piece, first):
    text = first + piece * (500_000 // len(piece))
    before = time.process_time()
    split_thinking(text)
    assert time.process_time() - before < 6.0  # a tenth of it, and minutes if it were quadratic


PIECES = st.sampled_from(
    ["<think>", "</think>", "[THINK]", "[/THINK]", "<|channel|>", "analysis", "final",
     "<|message|>", "dry", " ", "\n", "`", ".", "assistant", "<|end|>", "<", "Tender"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=30))
def test_no_text_breaks_it_and_nothing_is_made_up(pieces):
    text = "".join(pieces)
    found = split_thinking(text)
    assert found.answer.count("dry") + found.thinking.count("dry") <= text.count("dry")
    assert not found.unfinished or found.answer != text or not text
