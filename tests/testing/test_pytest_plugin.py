"""The plugin's options, settings and complaints, each in real pytest inside pytest."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import entry_points

import pytest

from tests.support.command import ROOT
from tests.support.pytest_inside import inside, plugin, sample
from tests.support.small import SMALL

EXPECT = "expect:\n  recall_at_least: 0.9\n"
FAST = ("--harness-window", "1k", "--harness-seeds", "1", "--harness-no-controls")


@pytest.fixture
def project(pytester, monkeypatch):
    """A scenario that is collected by its name, and no settings."""
    for name in ("OPENAI_API_KEY", "OPENAI_API_BASE", "HARNESS_MODEL"):
        monkeypatch.delenv(name, raising=False)
    (pytester.path / "small.scenario.yaml").write_text(SMALL + EXPECT)
    return pytester


def ids(done):
    return [line for line in done.stdout.lines if "::" in line and " " not in line]


def test_an_item_is_a_scenario_a_model_and_a_window(project):
    args = ("--collect-only", "-q", "--harness-window", "1k,2k")
    args += ("--harness-model", "reference/perfect,openai/x")
    done = inside(project, *args)
    assert ids(done) == [
        f"small.scenario.yaml::small[{model}-{window}]"
        for model in ("reference/perfect", "openai/x")
        for window in ("1k", "2k")
    ]
    chosen = inside(project, *args, "-k", "openai and 2k")
    assert ids(chosen) == ["small.scenario.yaml::small[openai/x-2k]"]


def test_only_what_is_selected_is_asked(project):
    args = (*FAST, "--harness-model", "reference/perfect,reference/swap?rate=1", "-k", "perfect")
    inside(project, *args, "--harness-out", "runs").assert_outcomes(passed=1, deselected=1)
    (config,) = (project.path / "runs").glob("*/run.json")
    assert json.loads(config.read_text())["models"] == ["reference/perfect"]


def test_reference_models_need_no_cassette_and_can_fail(project):
    # one session cannot prove that a server drops text
    more = ("--harness-seeds", "6", "--harness-fills", "0.04,0.15,0.3,0.5,0.7,0.85")
    done = inside(project, *FAST, *more, "--harness-model", "reference/window?tokens=300")
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(["*server_truncated: the server had dropped it", "failed small*"])
    assert "small.scenario.yaml:15: expect: recall_at_least: 0.9" in done.stdout.str()


def test_every_option_reaches_the_run(project):
    (project.path / "p.txt").write_text("Be brief.")
    given = {
        "model": ("reference/perfect", "models", ["reference/perfect"]),
        "window": ("1k", "windows", ["1k"]),
        "policy": ("drop_oldest", "policies", ["drop_oldest"]),
        "memory": ("none", "memories", ["none"]),
        "replies": ("scripted", "replies", "scripted"),
        "seeds": ("2", "seeds", 2),
        "repeats": ("2", "repeats", 2),
        "fills": ("0.04,0.5", "fills", {"count": None, "exact": [0.04, 0.5]}),
        "positions": ("0.5", "positions", [0.5]),
        "filler": ("workday", "filler", "workday"),
        "option": ("max_tokens=64", "options", {"max_tokens": 64}),
        "system-prompt": ("p.txt", "prompts", {"p": "Be brief."}),
    }
    options = [f"--harness-{name}={text}" for name, (text, _, _) in given.items()]
    options += [
        "--harness-no-controls",
        "--harness-max-connections=3",
        "--harness-rpm=60000",
        "--harness-out=runs",
    ]
    inside(project, *options).assert_outcomes(passed=1)
    (file,) = (project.path / "runs").glob("*/run.json")
    config = json.loads(file.read_text())
    assert {key: config[key] for _, key, _ in given.values()} == {
        key: value for _, key, value in given.values()
    }
    assert config["controls"] is False


def test_an_option_wins_over_the_environment_and_that_over_the_ini_file(project, monkeypatch):
    (project.path / "pytest.ini").write_text(
        "[pytest]\nharness_model = reference/a\nharness_window = 1k\nharness_no_controls = true\n"
    )
    collect = ("--collect-only", "-q")
    assert ids(inside(project, *collect)) == ["small.scenario.yaml::small[reference/a-1k]"]
    monkeypatch.setenv("HARNESS_MODEL", "reference/b")
    assert ids(inside(project, *collect)) == ["small.scenario.yaml::small[reference/b-1k]"]
    done = inside(project, *collect, "--harness-model", "reference/c")
    assert ids(done) == ["small.scenario.yaml::small[reference/c-1k]"]


def test_the_ini_key_names_files_and_folders_that_are_called_otherwise(project):
    (project.path / "more").mkdir()
    (project.path / "more/other.yaml").write_text(SMALL.replace("name: small", "name: other"))
    (project.path / "not-ours.yaml").write_text("a: b\n")
    (project.path / "pytest.ini").write_text(
        "[pytest]\nharness_model = reference/perfect\nharness_scenarios = more\n"
    )
    done = inside(project, "--collect-only", "-q")
    assert ids(done) == [
        "more/other.yaml::other[reference/perfect-max]",
        "small.scenario.yaml::small[reference/perfect-max]",
    ]


def test_a_scenario_without_a_model_says_how_to_name_one(project):
    done = inside(project)
    assert done.ret != 0
    done.stdout.fnmatch_lines(["small.scenario.yaml: no model to ask: set `harness_model`*"])


def test_a_wrong_file_or_setting_is_one_sentence_at_collection(project):
    path = project.path / "small.scenario.yaml"
    path.write_text(SMALL.replace("values: {generate: code}", "valuse: {generate: code}"))
    done = inside(project, "--harness-model", "reference/perfect")
    done.stdout.fnmatch_lines(["*small.scenario.yaml:7:5: *valuse*"])
    path.write_text(SMALL)
    for option, message in (
        (("--harness-seeds", "many"), "--harness-seeds many: expected a whole number above 0"),
        (("--harness-policy", "a,b"), "--harness-policy a,b: one at a time"),
        (("--harness-replies", "no"), "--harness-replies no: expected scripted or live"),
        (("--harness-record",), "--harness-record goes with --harness-live and --harness-cassette"),
    ):
        done = inside(project, "--harness-model", "reference/perfect", *option)
        assert message in done.stdout.str()
        assert "Traceback" not in done.stdout.str()


def test_without_answers_nothing_is_called_and_the_exit_code_is_4(project):
    done = inside(project, *FAST, "--harness-model", "openai/x")
    assert done.ret == 4
    done.stdout.fnmatch_lines(["openai/x: no answers: give the cassette that holds them*"])


def test_a_missing_cassette_is_one_sentence_and_exit_4(project):
    done = inside(project, *FAST, "--harness-model", "openai/x", "--harness-cassette", "no.jsonl")
    assert done.ret == 4
    done.stdout.fnmatch_lines(["there is no cassette *no.jsonl; record it first: *"])


def test_a_stale_cassette_is_one_sentence_and_exit_4(pytester):
    folder = sample(pytester)
    path = folder / "recall/desk.scenario.yaml"
    path.write_text(path.read_text().replace("please greet her", "please welcome her"))
    done = inside(pytester, "recall")
    assert done.ret == 4
    done.stdout.fnmatch_lines(["*cassettes/desk.jsonl holds no answer of openai/desk-1 to *"])
    assert "Traceback" not in done.stdout.str()
    assert not list((folder / ".pytest_cache").rglob("records.jsonl"))


def test_an_outage_is_no_forgetting(project, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "x")
    dead = ("--harness-option", "api_base=http://127.0.0.1:9/v1")
    dead += ("--harness-option", "max_attempts=1")
    done = inside(project, *FAST, "--harness-model", "openai/x", "--harness-live", *dead)
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(["not measured: * of * calls failed, most with: connection: *"])
    assert "recall_at_least" not in done.stdout.str()


def test_an_onset_is_expected_as_it_is_measured(project):
    path = project.path / "small.scenario.yaml"
    text = SMALL.replace("fills: [0.04, 0.5, 0.9]", "fills: 16")
    path.write_text(text + "expect:\n  onset_at_least: 0.8\n")
    args = ("--harness-window", "1k", "--harness-seeds", "10", "--harness-no-controls")
    inside(project, *args, "--harness-model", "reference/perfect").assert_outcomes(passed=1)
    done = inside(project, *args, "--harness-model", "reference/step?onset=0.4&limit=1000")
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(["*:15: expect: onset_at_least: 0.8, but forgetting begins at*"])
    few = inside(project, *FAST, "--harness-fills", "0.04,0.5", "--harness-model",
                 "reference/perfect")  # fmt: skip
    few.assert_outcomes(failed=1)


def test_the_fixture_runs_a_study_once_and_takes_the_options_of_the_command(project):
    project.makepyfile(
        test_fixture="""
        def test_twice(harness_run):
            one = harness_run("small.scenario.yaml", model="reference/perfect", seeds=2)
            two = harness_run(["small.scenario.yaml"], model="reference/perfect", seeds=2)
            assert one.folder == two.folder
            assert one.recall == 1.0 and not one.missed and not one.failed
            assert {record.seed for record in one.records} == {0, 1}
            assert one.onset.verdict == "insufficient"

        def test_other_options_are_another_run(harness_run):
            found = harness_run("small.scenario.yaml", model="reference/window?tokens=500", seeds=3)
            assert found.recall < 1
            assert {record.outcome for record in found.missed} == {"server_truncated"}
        """
    )
    args = ("--harness-window", "1k", "--harness-no-controls", "--harness-out", "runs")
    done = inside(project, *args, "test_fixture.py")
    done.assert_outcomes(passed=2)
    assert len(list((project.path / "runs").glob("*/run.json"))) == 2


def test_a_failed_batch_is_told_to_everybody_and_not_tried_again(project):
    second = (SMALL + EXPECT).replace("name: small", "name: other")
    (project.path / "other.scenario.yaml").write_text(second)
    done = inside(project, *FAST, "--harness-model", "openai/x", "--harness-cassette", "no.jsonl")
    done.assert_outcomes(failed=2)
    assert done.stdout.str().count("there is no cassette") >= 2


def test_recording_from_pytest_makes_the_cassette_that_it_replays(project, httpserver, monkeypatch):
    from tests.support.openai_server import OpenAIServer

    served = OpenAIServer(httpserver)
    monkeypatch.setenv("OPENAI_API_BASE", served.api_base)
    monkeypatch.setenv("OPENAI_API_KEY", "x")
    args = (*FAST, "--harness-model", "openai/x", "--harness-cassette", "c.jsonl")
    inside(project, *args, "--harness-live", "--harness-record").assert_outcomes(passed=1)
    calls = len(served.requests)
    assert calls > 0
    monkeypatch.delenv("OPENAI_API_BASE")
    inside(project, *args).assert_outcomes(passed=1)
    assert len(served.requests) == calls


def test_a_suite_without_scenarios_never_hears_of_it(pytester):
    pytester.makepyfile("def test_it(): pass")
    done = inside(pytester)
    done.assert_outcomes(passed=1)
    assert "= harness =" not in done.stdout.str()


def test_collecting_scenarios_imports_neither_litellm_nor_numpy(project):
    code = (
        "import sys, pytest\n"
        f"pytest.main([*{plugin()!r}, '--collect-only', '-q', '--harness-model', 'openai/x'])\n"
        "print([n for n in ('litellm', 'numpy', 'polars', 'scipy') if n in sys.modules])"
    )
    done = subprocess.run(  # noqa: S603 -- our own interpreter
        [sys.executable, "-c", code],
        cwd=project.path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "small.scenario.yaml::small[openai/x-max]" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


def test_pytest_finds_the_plugin_by_its_entry_point():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["pytest11"] == {"harness": "harness.pytest_plugin"}
    for point in entry_points(group="pytest11", name="harness"):
        assert point.value == "harness.pytest_plugin"
