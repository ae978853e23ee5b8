from __future__ import annotations

from dataclasses import dataclass
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.core.probe import Score
from harness.scoring import check_scorer, scorers
from harness.scoring.conformance import PROBES

SPECS = [
    {"regex": "regex?pattern={value}"}.get(name, name)
    for name in (
        *(
            "abstain",
            "choice",
            "contains",
            "exact",
            "judge",
            "number",
            "regex",
            "sequence",
            "set",
            "yes_no",
        ),
    )
]


def test_every_built_in_scorer_is_under_the_law():
    assert tuple(spec.partition("?")[0] for spec in SPECS) == scorers.names()


@pytest.mark.parametrize("spec", [*SPECS, "number?tolerance=0.5"])
def test_a_scorer_keeps_the_law(spec):
    check_scorer(scorers.resolve(spec))


@given(st.text(max_size=60))
def test_no_text_breaks_a_scorer(text):
    for spec in SPECS:
        check_scorer(scorers.resolve(spec), replies=[text])


@given(
    st.lists(
        st.sampled_from(
            [
                "dry",
                "tender",
                "not",
                "5,417",
                "6200",
                "Oslo",
                "São",
                "Paulo",
                ".",
                ",",
                "<think>",
                "</think>",
                "**",
                "I",
                "don't",
                "know",
            ]
        )
    )
)
def test_case_markup_and_space_do_not_change_a_score(parts):
    text = " ".join(parts)
    for spec in SPECS:
        scorer = scorers.resolve(spec)
        for probe in PROBES:
            value = scorer.score(probe, text).value
            if "<" not in text:  # whether a mark of thinking is spoken of, capitals say
                assert scorer.score(probe, text.upper()).value == value
            if "pattern" in spec:  # a pattern sees the reply as it is written
                continue
            assert scorer.score(probe, text.replace("ã", "a")).value == value
            assert scorer.score(probe, text.replace("Oslo", "**_Oslo_**")).value == value
            assert scorer.score(probe, f"\n {text.replace(' ', '  ')}\t").value == value


_COUNT = count(1)


@dataclass
class _Broken:
    score_it: object

    def score(self, _probe, reply, /):
        return self.score_it(reply)


def _raising(_reply):
    raise ZeroDivisionError("no")


@pytest.mark.parametrize(
    ("score", "message"),
    [
        (_raising, r"a scorer raises on no text, but ZeroDivisionError: no \(question 'tone'"),
        (lambda _reply: 1.0, r"a scorer returns a Score, not 1\.0"),
        (lambda _reply: Score(0.0), r"`why` is one sentence"),
        (lambda _reply: Score(0.0, "two\nlines"), r"`why` is one sentence"),
        (lambda _reply: Score(1.0, "Fine."), r"an empty reply is worth 0 or None, not 1\.0"),
        (
            lambda _reply: Score(1 / next(_COUNT), "Fine."),
            r"a scorer gives one text one score, not .* and ",
        ),
    ],
)
def test_a_scorer_that_breaks_the_law_is_told_how(score, message):
    with pytest.raises(AssertionError, match=message):
        check_scorer(_Broken(score))


def test_a_scorer_of_ones_own_is_found_by_its_path():
    assert scorers.resolve("harness.scoring.exact:Exact") == scorers.resolve("exact")
