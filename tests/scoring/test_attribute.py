from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from harness.core.probe import Score
from harness.scoring.attribute import score_and_attribute
from harness.scoring.contains import Contains
from harness.scoring.set_ import Set


def judged(probe, reply, **more):
    options = {
        "scorer": Contains(),
        "status": "ok",
        "in_view": True,
        "fact_truncated": False,
        "expects_abstention": False,
    }
    judgement = score_and_attribute(probe, reply, **{**options, **more})
    return judgement.score, judgement.outcome


@pytest.mark.parametrize(
    ("text", "score", "outcome"),
    [
        ("dry", 1.0, "recalled"),
        ("solemn", 0.0, "stale"),
        ("Friday", 0.0, "swapped"),
        ("tender", 0.0, "fabricated"),
        ("sardonic", 0.0, "fabricated"),
        ("not dry", 0.0, "fabricated"),
        ("dry or solemn or Friday", 0.0, "stale"),
        ("I don't know.", 0.0, "abstained"),
        ("I don't know. Friday?", 0.0, "swapped"),
        ("I can't help with that.", 0.0, "refused"),
        ("", 0.0, "refused"),
    ],
)
def test_a_miss_is_laid_at_the_door_of_what_was_said(tone, reply, text, score, outcome):
    assert judged(tone, reply(text)) == (score, outcome)


@pytest.mark.parametrize("text", ["solemn", "I don't know.", "", "I can't help with that."])
def test_a_fact_cut_from_the_window_is_evicted_not_forgotten(tone, reply, text):
    assert judged(tone, reply(text, "length"), in_view=False, fact_truncated=True) == (
        0.0,
        "evicted",
    )


@pytest.mark.parametrize("text", ["solemn", "I don't know.", "", "I can't help with that."])
def test_a_fact_that_the_server_dropped_is_not_forgotten_either(tone, reply, text):
    lost = judged(tone, reply(text, "length"), fact_truncated=True)
    assert lost == (0.0, "server_truncated")


def test_a_right_answer_is_recalled_whatever_was_sent(tone, reply):
    assert judged(tone, reply("dry"), in_view=False, fact_truncated=True) == (1.0, "recalled")


def test_a_fact_that_was_never_said_was_not_evicted(tone, reply):
    assert judged(tone, reply("solemn"), in_view=None) == (0.0, "stale")


@pytest.mark.parametrize("unknown", [None, False])
def test_a_truncation_that_cannot_be_told_explains_nothing(tone, reply, unknown):
    assert judged(tone, reply("solemn"), fact_truncated=unknown) == (0.0, "stale")


@pytest.mark.parametrize("cut", ["length", "thinking", "window", "broken_off"])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "Well, as the art director",
        "<think>dry? Let me",
        "It was solemn, or",
        "I don't know. You",
    ],
)
def test_a_miss_in_a_reply_that_was_cut_is_no_miss(tone, reply, text, cut):
    assert judged(tone, replace(reply(text), cut=cut)) == (None, "output_truncated")
    untold = {"expects_abstention": True}
    if "know" not in text:
        cut_off = judged(tone, replace(reply(text), cut=cut), **untold)
        assert cut_off == (None, "output_truncated")


def test_an_answer_that_stands_in_a_reply_that_was_cut_is_an_answer(tone, reply):
    cut = replace(reply("It was dry, as the art"), cut="length")
    assert judged(tone, cut) == (1.0, "recalled")
    unknown = replace(reply("You never told me. You only"), cut="length")
    assert judged(tone, unknown, expects_abstention=True) == (1.0, "abstained")


def test_a_reply_without_an_answer_is_not_measured(tone):
    assert judged(tone, None, status="cut") == (None, "output_truncated")


def test_an_answer_that_the_provider_filtered_is_refused(tone, reply):
    assert judged(tone, reply("It", "content_filter")) == (0.0, "refused")


def test_a_failed_call_is_not_measured(tone):
    assert judged(tone, None, status="error") == (None, None)


@pytest.mark.parametrize("status", ["overflow", "refused"])
def test_a_prompt_that_was_refused_is_a_result_without_a_score(tone, status):
    assert judged(tone, None, status=status) == (None, "refused")


def test_an_ok_trial_has_a_reply(tone):
    with pytest.raises(ValueError, match="status 'ok' has a reply; fact 'tone' has none"):
        judged(tone, None)


@pytest.mark.parametrize(
    ("text", "score", "outcome"),
    [
        ("You never told me.", 1.0, "abstained"),
        ("dry", 0.0, "recalled"),
        ("dry or tender", 0.0, "fabricated"),
        ("solemn", 0.0, "stale"),
        ("Friday", 0.0, "swapped"),
        ("sardonic", 0.0, "fabricated"),
        ("I can't help with that.", 0.0, "refused"),
        ("", 0.0, "refused"),
    ],
)
def test_where_the_fact_is_not_in_the_session_abstaining_is_right(
    tone, reply, text, score, outcome
):
    assert judged(tone, reply(text), expects_abstention=True, in_view=None) == (score, outcome)


def test_a_probe_that_expects_no_value_expects_an_abstention(probe, reply):
    assert judged(probe(kind="abstain"), reply("Rex")) == (0.0, "fabricated")
    assert judged(probe(kind="abstain"), reply("I don't know.")) == (1.0, "abstained")


def test_a_set_is_recalled_only_when_it_is_whole(probe, reply):
    cities = probe("Oslo", "Lima", kind="set", planted=["Friday"])
    assert judged(cities, reply("Oslo, Lima"), scorer=Set()) == (1.0, "recalled")
    assert judged(cities, reply("Oslo"), scorer=Set())[0] == pytest.approx(2 / 3)
    assert judged(cities, reply("Oslo, Lima, Friday"), scorer=Set()) == (0.8, "swapped")
    assert judged(cities, reply("Oslo"), scorer=Set())[1] == "incomplete"
    assert judged(cities, reply("Bergen"), scorer=Set()) == (0.0, "fabricated")
    assert judged(cities, reply("Oslo"), scorer=Set(), in_view=False)[1] == "evicted"
    assert judged(cities, replace(reply("Oslo,"), cut="length"), scorer=Set())[0] is None


@dataclass(frozen=True)
class _Unmeasured:
    def score(self, _probe, _reply, /):
        return Score(None, "Not mine to say.")


def test_what_a_scorer_did_not_measure_has_no_outcome(tone, reply):
    assert judged(tone, reply("dry"), scorer=_Unmeasured()) == (None, None)


def test_the_reason_of_the_scorer_is_kept(tone, reply):
    judgement = score_and_attribute(
        tone,
        reply("tender"),
        scorer=Contains(),
        status="ok",
        in_view=True,
        fact_truncated=None,
        expects_abstention=False,
    )
    assert judgement.why == "The reply does not name 'dry'."
