"""Measuring what is at hand at a prompt: a name, a function, a bot of one's own."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import polars as pl
import pytest

import harness
from harness.core.errors import UsageError
from harness.models.reference_model import law_of
from tests.support.command import SCENARIOS

SMALL = {"window": "2k", "seeds": 1, "fills": [0.2, 0.9], "controls": False}


PERFECT = law_of("perfect")


def bot(messages):
    """Somebody's own bot, which never forgets: all that it knows are the messages."""
    given = [harness.Message(one["role"], one["content"]) for one in messages]
    return PERFECT.answer(given, None).text


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return harness.run("needle", model=bot, out=str(tmp_path_factory.mktemp("results")), **SMALL)


def test_a_function_of_messages_is_measured_like_any_model(result):
    assert result.complete
    assert result.onset().n_probes == result.records().filter(arm="main").height > 0
    assert set(result.records()["score"]) == {1.0}


def test_an_async_function_and_one_that_gives_an_answer_in_openai_form_are_too(tmp_path):
    async def polite(messages):
        await asyncio.sleep(0)
        message = {"role": "assistant", "content": bot(messages)}
        usage = {"prompt_tokens": 77, "completion_tokens": 3}
        return {"choices": [{"message": message, "finish_reason": "stop"}], "usage": usage}

    found = harness.run("needle", model=polite, out=tmp_path, **SMALL).records()
    assert set(found["score"]) == {1.0}
    assert set(found["completion_tokens"]) == {3}


def test_an_object_with_choices_is_an_answer(tmp_path):
    def of_a_library(messages):
        message = SimpleNamespace(role="assistant", content=bot(messages))
        return SimpleNamespace(
            choices=[SimpleNamespace(message=message, finish_reason="stop")], usage=None
        )

    assert harness.run("needle", model=of_a_library, out=tmp_path, **SMALL).complete


def test_what_a_function_raises_is_told_and_asked_once(tmp_path):
    calls = []

    def broken(messages):
        calls.append(len(messages))
        raise ValueError("no such tool")

    result = harness.run("needle", model=broken, out=tmp_path, **SMALL)
    assert result.errors == result.planned == len(calls)
    assert "broken raised ValueError: no such tool" in result.error_said
    assert result.records()["score"].is_null().all()


def test_a_function_that_gives_nothing_ends_after_one_call(tmp_path):
    result = harness.run("needle", model=lambda _: None, out=tmp_path, **SMALL)
    assert "gave a NoneType; expected the text of the reply" in result.error_said
    assert result.recorded < result.planned


def test_a_function_that_refuses_a_long_prompt_is_a_result_and_no_error(tmp_path):
    def short(messages):
        if sum(len(message["content"]) for message in messages) > 4000:
            raise RuntimeError("prompt is too long: 213462 tokens > 200000 maximum")
        return bot(messages)

    result = harness.run("needle", model=short, out=tmp_path, **SMALL)
    assert set(result.records()["status"]) == {"ok", "overflow"}


def test_several_models_are_called_as_they_were_named(tmp_path):
    models = {"mine": bot, "weights": "reference/perfect"}
    result = harness.run("needle", model=models, out=tmp_path, **SMALL)
    assert {group.name for group in result.report().summary.groups} == {"mine", "weights"}
    assert result.onset(model="mine").n_probes == result.onset(model="weights").n_probes
    with pytest.raises(UsageError, match=r"say whose onset is meant; there is: .*model='mine'"):
        result.onset()


def test_a_running_loop_awaits_the_same(tmp_path):
    async def notebook():
        return await harness.arun("needle", model=bot, out=tmp_path, **SMALL)

    assert asyncio.run(notebook()).complete


def test_a_result_is_short_at_a_prompt_and_a_picture_in_a_notebook(result):
    assert repr(result).endswith("trials)")
    assert len(repr(result)) < 100
    assert len(repr(result.report()).splitlines()) < 8
    page = result._repr_html_()
    assert "<table>" in page
    assert "<svg" in page
    assert str(result.report()).startswith(repr(result.report()).splitlines()[0])


def test_a_report_is_saved_under_the_name_that_says_its_form(result, tmp_path):
    path = result.report().save(str(tmp_path / "report.md"))
    assert path.read_text(encoding="utf-8").startswith("# Where forgetting begins")


def test_markup_in_a_name_is_text_in_a_notebook(tmp_path):
    models = {"<b>x</b>": "reference/perfect"}
    page = harness.run("needle", model=models, out=tmp_path, **SMALL)._repr_html_()
    assert "<b>x</b>" not in page.partition("<svg")[0]


def test_nouns_are_short_at_a_prompt(result):
    (scenario,) = harness.load_all("needle")
    study = harness.Study(scenarios=[scenario], models=["reference/perfect"], windows=["2k"])
    for noun in (scenario, study, harness.plan(study), result.onset(), result.report().summary):
        assert len(repr(noun)) < 200


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "no model given"),
        ({"model": bot}, "nobody knows the context window of a function"),
        ({"model": "my_module:answer"}, "nobody knows the context window of a function"),
        ({"model": 3}, "model 3 is a int; expected a name"),
        ({"model": [3]}, "model 3 is a int; expected a name, or a function of messages"),
        ({"model": [bot, bot], "window": 2000}, "two models are called"),
        ({"model": bot, "windows": 8000}, "no option 'windows'; did you mean 'window'"),
    ],
)
def test_what_is_missing_or_misspelt_is_told(tmp_path, options, message):
    with pytest.raises(UsageError, match=message):
        harness.run("needle", out=tmp_path, **options)


def test_a_study_says_by_itself_what_it_is(tmp_path):
    study = harness.Study(scenarios=harness.load_all("needle"), models=("reference/perfect",))
    with pytest.raises(UsageError, match="a Study says by itself what seeds is"):
        harness.run(study, seeds=3, out=tmp_path)


def test_what_is_no_scenario_is_told():
    with pytest.raises(UsageError, match=r"3 is a int; expected a scenario, the path of one"):
        harness.run([3], model="reference/perfect")


def test_a_text_in_place_of_several_is_refused_with_the_form_that_is_meant():
    loaded = harness.load_all(str(SCENARIOS / "needle.yaml"))
    with pytest.raises(UsageError, match=r"expected several; of one: models=\('a/b',\)"):
        harness.Study(scenarios=loaded, models="a/b")
    with pytest.raises(UsageError, match=r"load it first: scenarios=harness.load_all"):
        harness.Study(scenarios=("needle.yaml",), models=("a/b",))
    with pytest.raises(UsageError, match="summarise takes a frame of records, not a str"):
        harness.summarise("results/latest")
    with pytest.raises(UsageError, match=r"got the path 'x', expected rows; read them first"):
        harness.estimate_onset("x")
    with pytest.raises(UsageError, match="takes several folders; of one"):
        harness.Report.of("results/latest")


def test_records_are_a_polars_frame(result):
    assert isinstance(result.records(), pl.DataFrame)
