import math
import subprocess
import sys
from dataclasses import replace

import pytest

from harness.core.errors import OverflowRefusedError, UsageError
from harness.core.messages import Message
from harness.models.conformance import check_law, observe, told
from harness.models.reference import DEFAULT_LIMIT, DONT_KNOW, laws
from harness.models.reference.window import WindowLaw
from harness.sessions.tokens import TokenCounter

PROMPTS = 200


@pytest.mark.parametrize("name", [*laws.names(), "fading?draw=sentence", "window?tokens=300"])
@pytest.mark.parametrize("common", ["", "usage=none", "ratio=1.3&limit=1000"])
def test_every_law_keeps_the_law_of_laws(name, common):
    joint = "&" if "?" in name else "?"
    check_law(laws.resolve(f"{name}{joint}{common}" if common else name))


@pytest.mark.parametrize(
    ("law", "fill", "position"),
    [
        ("perfect", 1.2, 0.5),
        ("refuse", 0.9, 0.5),
        ("fading", 0.55, 0.5),
        ("fading", 0.7, 0.1),
        ("fading", 0.85, 0.9),
        ("fading?floor=0.25", 1.2, 0.5),
        ("fading?onset=0.2&slope=1", 0.6, 0.5),
        ("fading?draw=sentence", 0.8, 0.5),
        ("fading?ratio=1.3", 0.8, 0.5),
        ("logistic", 0.6, 0.5),
        ("logistic", 0.7, 0.5),
        ("logistic", 1.0, 0.5),
        ("step", 0.45, 0.5),
        ("step", 0.55, 0.5),
        ("middle", 0.9, 0.5),
        ("middle", 0.9, 0.1),
        ("middle", 0.3, 0.5),
        ("middle?sharp=3&loss=1", 0.9, 0.3),
        ("lapse", 0.1, 0.5),
        ("lapse?rate=0.4", 0.9, 0.5),
        ("swap", 0.4, 0.5),
    ],
)
def test_a_law_forgets_as_often_as_it_says(law, fill, position):
    name, _, options = law.partition("?")
    options += "" if "limit=" in options else "&limit=2000"
    seen = observe(
        laws.resolve(f"{name}?{options.strip('&')}"),
        fill=fill,
        position=position,
        prompts=PROMPTS,
    )
    sigma = math.sqrt(PROMPTS * seen.expected * (1 - seen.expected))
    assert abs(seen.found - PROMPTS * seen.expected) <= 3.5 * sigma + 1e-9


def test_fading_is_flat_to_its_onset_and_straight_beyond():
    law = laws.resolve("fading?onset=0.6&slope=2&floor=0.1")
    assert [law.recall(fill, 0.5) for fill in (0.0, 0.3, 0.6)] == [1.0, 1.0, 1.0]
    assert law.recall(0.8, 0.5) == pytest.approx(0.6)
    assert law.recall(2.0, 0.5) == 0.1


def test_the_middle_is_lost_and_the_ends_are_kept():
    law = laws.resolve("middle?loss=0.8")
    assert law.recall(1.0, 0.0) == law.recall(1.0, 1.0) == 1.0
    assert law.recall(1.0, 0.5) == pytest.approx(0.2)
    assert law.recall(0.5, 0.5) == pytest.approx(0.6)


def test_half_of_what_can_be_lost_is_lost_at_the_middle_of_the_logistic():
    law = laws.resolve("logistic?mid=0.7&floor=0.1")
    assert law.recall(0.7, 0.5) == pytest.approx(0.55)
    assert law.recall(1e9, 0.5) == pytest.approx(0.1)


def test_draws_by_sentence_never_bring_back_what_is_lost():
    law = laws.resolve("fading?draw=sentence&limit=2000&onset=0.1&slope=1")
    for number in range(40):
        known = [
            law.answer(told(number, tokens=tokens, position=0.0)).text
            for tokens in range(300, 2200, 300)
        ]
        right = [f"northern hangar is {number_of(number)}" in text for text in known]
        assert right == sorted(right, reverse=True)


def number_of(number: int) -> str:
    fact = told(number, tokens=0, position=0.0)[2].text
    return fact.rsplit(" ", 1)[1]


def test_draws_by_prompt_are_independent_between_prompts():
    law = laws.resolve("lapse?rate=0.5")
    prompt = told(1, tokens=200, position=0.5)
    replies = {law.answer([Message("system", f"Version {i}."), *prompt]).text for i in range(20)}
    assert len(replies) > 1


def test_a_window_drops_the_oldest_and_says_nothing():
    law = laws.resolve("window?tokens=400")
    assert law.answer(told(3, tokens=1200, position=0.0)).text == DONT_KNOW
    assert number_of(3) in law.answer(told(3, tokens=1200, position=0.95)).text
    assert number_of(3) in law.answer(told(3, tokens=390, position=0.0)).text


def test_a_window_drops_the_system_message_once_it_is_old():
    law = laws.resolve("window?tokens=300")
    system = Message("system", "The entry code of the northern hangar is 7.")
    rest = told(3, tokens=600, position=0.0)[4:]
    assert law.answer([system, rest[-1]]).text == system.text
    assert law.answer([system, *rest]).text == DONT_KNOW


def test_a_window_keeps_whole_messages_and_as_many_as_fit():
    count = TokenCounter()
    prompt = told(5, tokens=900, position=0.5)
    for tokens in range(60, 1000, 37):
        kept = WindowLaw(tokens=tokens).kept(prompt)
        assert list(kept) == prompt[len(prompt) - len(kept) :]
        assert count.count(kept) <= tokens
        if len(kept) < len(prompt):
            assert count.count(prompt[len(prompt) - len(kept) - 1 :]) > tokens


def test_the_question_is_kept_however_small_the_window():
    assert len(WindowLaw(tokens=1).kept(told(1, tokens=300, position=0.5))) == 1


@pytest.mark.parametrize(("usage", "most"), [("reported", 300), ("sent", 1000), ("none", None)])
def test_a_window_reports_what_it_kept_or_what_was_sent(usage, most):
    prompt = told(1, tokens=1000, position=0.5)
    metered = laws.resolve(f"window?tokens=300&usage={usage}").answer(prompt).prompt_tokens
    if most is None:
        assert metered is None
    else:
        assert most - 40 < metered <= most + 20


def test_tokens_of_its_own_are_counted_by_its_own_ratio():
    prompt = told(1, tokens=1000, position=0.5)
    ours = TokenCounter().count(prompt)
    assert laws.resolve("perfect").answer(prompt).prompt_tokens == ours
    reply = laws.resolve("perfect?ratio=1.3").answer(prompt)
    assert reply.prompt_tokens == math.ceil(round(ours * 1.3, 6))
    assert laws.resolve("perfect?ratio=1.3").own(10) == 13


def test_refuse_refuses_what_is_past_its_limit_and_nothing_else():
    law = laws.resolve("refuse?limit=500")
    assert number_of(1) in law.answer(told(1, tokens=480, position=0.5)).text
    with pytest.raises(OverflowRefusedError, match="maximum context length is 500 tokens"):
        law.answer(told(1, tokens=560, position=0.5))
    with pytest.raises(OverflowRefusedError, match="resulted in"):
        laws.resolve("refuse?limit=500&ratio=1.3").answer(told(1, tokens=480, position=0.5))


def test_only_refuse_enforces_the_limit():
    prompt = told(1, tokens=600, position=0.5)
    for name in laws.names():
        if name != "refuse":
            assert laws.resolve(f"{name}?limit=100").answer(prompt).text


def test_swap_quotes_the_neighbour_and_nothing_where_there_is_none():
    law = laws.resolve("swap?rate=1")
    assert "southern hangar" in law.answer(told(1, tokens=300, position=0.5)).text
    fact = Message("user", "The entry code is 5.")
    assert law.answer([fact, Message("user", "What is the entry code?")]).text == fact.text


def test_an_answer_is_cut_where_its_tokens_end():
    prompt = told(1, tokens=200, position=0.5)
    reply = laws.resolve("perfect").answer(prompt, 5)
    assert reply.finish_reason == "length"
    assert reply.completion_tokens <= 5
    assert "The entry code of the northern hangar".startswith(reply.text)
    assert laws.resolve("perfect").answer(prompt, 500).finish_reason == "stop"


def test_the_limit_is_8192_unless_said():
    assert {laws.resolve(name).limit for name in laws.names()} == {DEFAULT_LIMIT} == {8192}
    assert laws.resolve("fading?limit=32000").limit == 32000


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("fadign", "unknown reference law 'fadign': did you mean 'fading'?"),
        ("fading?onst=1", "has no option 'onst': did you mean 'onset'?"),
        ("fading?onset=x", "option 'onset': got 'x', expected a number"),
        ("fading?onset=-1", "option 'onset' is -1; expected at least 0"),
        ("fading?floor=2", r"option 'floor' is 2; expected a number in \[0, 1\]"),
        ("fading?draw=often", "option 'draw' is 'often'; expected prompt or sentence"),
        ("fading?slope=-1", "option 'slope' is -1"),
        ("logistic?scale=0", "option 'scale' is 0"),
        ("logistic?floor=-0.1", "option 'floor'"),
        ("step?drop=3", "option 'drop'"),
        ("step?onset=-3", "option 'onset'"),
        ("middle?loss=3", "option 'loss'"),
        ("middle?sharp=0", "option 'sharp'"),
        ("lapse?rate=3", "option 'rate'"),
        ("swap?rate=3", "option 'rate'"),
        ("perfect?usage=sent", "option 'usage' is 'sent'; expected reported or none"),
        ("window?usage=some", "expected reported or none or sent"),
        ("window?tokens=0", "option 'tokens' is 0"),
        ("perfect?limit=0", "option 'limit' is 0; expected at least 1"),
        ("perfect?ratio=0", "option 'ratio' is 0"),
    ],
)
def test_a_law_that_makes_no_sense_is_refused(name, message):
    with pytest.raises(UsageError, match=message):
        laws.resolve(name)


def test_answers_do_not_depend_on_the_process():
    code = (
        "from harness.models.conformance import told\n"
        "from harness.models.reference import laws\n"
        "law = laws.resolve('lapse?rate=0.5')\n"
        "print([law.answer(told(n, tokens=200, position=0.5)).text for n in range(20)])\n"
    )
    told_by = {
        subprocess.run(  # noqa: S603  # our own interpreter and code
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told_by) == 1


PERFECT = laws.resolve("perfect")


class Sound:
    """A law with everything right, to be broken in one place."""

    limit = 100

    def answer(self, messages, max_tokens=None):
        return PERFECT.answer(messages, max_tokens)

    def recall(self, fill, position):
        del fill, position
        return 1.0


class WithoutCeiling(Sound):
    limit = 0


class Impossible(Sound):
    def recall(self, fill, position):
        return 1.0 + fill + position


class Fickle(Sound):
    calls = 0

    def recall(self, fill, position):
        del fill, position
        self.calls += 1
        return self.calls % 2


class Peeking(Sound):
    def answer(self, messages, expected, seed):
        del messages, seed
        return expected


class Inventive(Sound):
    def answer(self, messages):
        return replace(PERFECT.answer(messages), text="Paris.")


class Uncounted(Sound):
    def answer(self, messages):
        return replace(PERFECT.answer(messages), prompt_tokens=0)


class Moody(Sound):
    calls = 0

    def answer(self, messages):
        self.calls += 1
        return laws.resolve(f"lapse?rate={self.calls % 2}").answer(messages)


def test_a_sound_law_passes_the_law_checker():
    check_law(Sound())


@pytest.mark.parametrize(
    ("law", "message"),
    [
        (WithoutCeiling(), "limit is 0"),
        (Impossible(), "is 1.1, not in"),
        (Fickle(), "differs from call to call"),
        (Peeking(), "handed messages and nothing else"),
        (Inventive(), "'Paris.' was in no message"),
        (Uncounted(), "the meter reads 0 tokens"),
        (Moody(), "got two answers"),
    ],
)
def test_the_law_checker_names_the_law_that_is_broken(law, message):
    with pytest.raises(AssertionError, match=message):
        check_law(law)
