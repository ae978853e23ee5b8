"""Answers that could not be told apart are refused before anybody is asked."""

from __future__ import annotations

import pytest

FILE = """\
schema: 1
name: x
system: Be brief.
facts:
  - id: tone
    say: "Make it {value} for now."
    reply: "I will."
    values: [TONES]
    ask: "How should it be made?"
  - id: paper
    say: "Print on {value} stock."
    values: [PAPERS]
    ask: "Which stock to print on?"
"""


def file(tones: str, papers: str) -> str:
    return FILE.replace("TONES", tones).replace("PAPERS", papers)


@pytest.mark.parametrize(
    ("tones", "papers", "problem"),
    [
        (
            "dry, matter-of-fact, Matter of Fact",
            "laid",
            (
                "8:35: 'Matter of Fact' reads the same as 'matter-of-fact' in line 8: answers "
                "could not be told apart; change one"
            ),
        ),
        (
            "dry, tender",
            "laid, Dry",
            (
                "12:20: 'Dry' reads the same as 'dry' in line 8: answers could not be told apart; "
                "change one"
            ),
        ),
        (
            "dry, tender",
            "laid, bone dry white",
            (
                "12:20: 'bone dry white' holds 'dry', another value (line 8): answers could not be "
                "told apart; change one"
            ),
        ),
        (
            "dry, bone dry",
            "laid",
            (
                "8:19: 'bone dry' holds 'dry', another value (line 8): answers could not be told "
                "apart; change one"
            ),
        ),
        (
            "dry, {value: warm, accept: [hot, dry]}",
            "laid",
            (
                "8:47: 'dry' reads the same as 'dry' in line 8: answers could not be told apart; "
                "change one"
            ),
        ),
        (
            "dry, brief",
            "laid",
            (
                "8:19: 'brief' also stands in the system prompt (line 3), so finding it proves "
                "nothing; change one"
            ),
        ),
        (
            "dry, tender",
            "laid, I will",
            (
                "12:20: 'I will' also stands in 'reply' of fact 'tone' (line 7), so finding it "
                "proves nothing; change one"
            ),
        ),
        (
            "dry, tender",
            "laid, stock",
            (
                "12:20: 'stock' also stands in 'say' of fact 'paper' (line 11), so finding it "
                "proves nothing; change one"
            ),
        ),
        (
            "dry, '!!!'",
            "laid",
            (
                "8:19: '!!!' has no letter or digit, so no reply could be found to hold it; give "
                "it a name"
            ),
        ),
    ],
)
def test_values_that_prove_nothing_are_refused(said, tones, papers, problem):
    assert said(file(tones, papers)) == [problem]


def test_whole_words_are_compared_and_never_across_the_gap_of_the_value(said):
    assert said(file("dry, drier", "adry, it for, made it now")) == []


def test_spellings_of_one_value_may_hold_one_another(said):
    assert said(file("dry, {value: 14 March 2027, accept: [March 14, '2027-03-14']}", "laid")) == []


def test_scripted_turns_are_fixed_texts_too(said):
    steps = "script:\n  - {user: A tender question., assistant: Yes.}\n" + "".join(
        f"  - {{{kind}: {name}}}\n" for name in ("tone", "paper") for kind in ("plant", "probe")
    )
    assert said(file("dry, tender", "laid") + steps) == [
        (
            "8:19: 'tender' also stands in the script (line 15), so finding it proves nothing; "
            "change one"
        )
    ]
