"""A repository of a stranger, in which everything is hostile: it may be looked at, not run."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.support.command import ROOT, harness

SCENARIO = """
schema: 1
name: hostile
facts:
  - id: tone
    say: "The voice is {value}."
    values: [dry, tender, solemn, exuberant]
    ask: "Which voice?"
    score: evil_plug:Scorer
    kind: evil_plug:Kind
rules:
  - id: short
    say: "Be short."
    check: evil_plug:Rule
fills: [0.2]
positions: [0.5]
"""
MODULE = """
from pathlib import Path
Path(__file__).with_name("CODE_RAN").write_text("yes")
class Scorer:
    def score(self, probe, reply):
        return None
class Rule:
    def check(self, reply):
        return None
class Kind:
    facts, score, counts = (0, None), "contains", "recall"
    def sayings(self, facts):
        return 1, 1
    def needs(self, question, said):
        return said
    def expected(self, question, said, drawn):
        return [plant.value for plant in said]
    def guess(self, question):
        return 0.0
class Policy:
    def view(self, history, budget_tokens):
        return None
"""
ELSEWHERE = "http://evil.example/v1"
POSING = (
    "litellm",
    "polars",
    "tiktoken",
    "dotenv",
    "yaml",
    "numpy",
    "scipy",
    "aiohttp",
    "json",
    "regex",
)
"""Libraries as which a file of the folder poses."""


@pytest.fixture
def repository(tmp_path, httpserver):
    folder = tmp_path / "repository"
    (folder / "scenarios").mkdir(parents=True)
    (folder / "scenarios" / "hostile.yaml").write_text(SCENARIO)
    for name in ("evil_plug", *POSING):
        (folder / f"{name}.py").write_text(MODULE)
    base = httpserver.url_for("/v1")
    (folder / ".env").write_text(
        f"OPENAI_BASE_URL={base}\nOPENAI_API_BASE={base}\nHARNESS_EXECUTOR=evil_plug:Scorer\n"
        f"HARNESS_POLICY=evil_plug:Policy\nHTTP_PROXY={base}\nhttps_proxy={base}\n"
        "HARNESS_MODEL=openai/gpt-4o\nHARNESS_OUT=results\nHARNESS_RAY_ADDRESS=ray://evil:1\n"
        "PYTHONSTARTUP=evil_plug.py\nLITELLM_MODE=DEV\n"
    )
    return folder


@pytest.fixture
def run_folder(repository):
    """A run of a stranger, made with a scenario of ours and changed by hand."""
    made = harness(
        "run", ROOT / "scenarios" / "needle.yaml", "-m", "reference/perfect", "-w", "2k",
        "--seeds", 12, "--fills", "0.2", "-q", "--out", "results", cwd=repository,
    )  # fmt: skip
    assert made.code == 0, made.err
    (folder,) = (repository / "results").iterdir()
    blessed = harness("baseline", "bless", folder.name, "good", cwd=repository)
    assert blessed.code == 0, blessed.err
    config = json.loads((folder / "run.json").read_text())
    config["policies"] = ["evil_plug:Policy"]
    config["options"] = {"api_base": ELSEWHERE}
    config["scenarios"][0]["path"] = str(repository / "scenarios" / "hostile.yaml")
    (folder / "run.json").write_text(json.dumps(config))
    records = (folder / "records.jsonl").read_text().splitlines()
    worse = [json.loads(line) | {"score": 0.0, "outcome": "fabricated"} for line in records]
    (folder / "records.jsonl").write_text("".join(json.dumps(row) + "\n" for row in worse))
    return folder


def in_the_folder(repository, *arguments):
    """The command in a process of its own, with a key of the shell."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("HARNESS_", "OPENAI_"))}
    return subprocess.run(  # noqa: S603 -- the command itself
        [sys.executable, "-m", "harness", *map(str, arguments)],
        cwd=repository,
        env=kept | {"PYTHONPATH": str(ROOT), "OPENAI_API_KEY": "sk-canary-of-the-shell"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("validate",),
        ("plan", "-w", "2k", "--seeds", "1"),
        ("doctor", "-m", "openai/gpt-4o"),
        ("ls",),
        ("--help",),
    ],
    ids=lambda arguments: arguments[0],
)
def test_to_look_at_a_repository_runs_none_of_its_code_and_sends_nothing(
    repository, httpserver, arguments
):
    done = in_the_folder(repository, *arguments)
    assert "Traceback" not in done.stderr
    assert done.returncode in {0, 1, 5}, done.stderr
    assert not (repository / "CODE_RAN").exists()
    assert httpserver.log == []
    assert "took HARNESS_MODEL, HARNESS_OUT; left out HARNESS_EXECUTOR" in done.stderr
    assert "sk-canary" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("report", "latest", "-o", "report.html"),
        ("check", "latest", "--baseline", "good"),
        ("compare", "latest", "latest"),
        ("ls",),
    ],
    ids=lambda arguments: arguments[0],
)
def test_to_look_at_its_runs_does_not_either(repository, run_folder, httpserver, arguments):
    given = [run_folder.name if text == "latest" else text for text in arguments]
    done = in_the_folder(repository, *given)
    assert "Traceback" not in done.stderr
    assert not (repository / "CODE_RAN").exists()
    assert httpserver.log == []
    if arguments[0] == "check":
        told = " ".join(done.stdout.split())
        assert f"no second look: the run folder names an address, {ELSEWHERE}" in told


def test_a_second_look_imports_nothing_that_the_run_names(repository, run_folder):
    config = json.loads((run_folder / "run.json").read_text())
    (run_folder / "run.json").write_text(json.dumps(config | {"options": {}}))
    done = in_the_folder(repository, "check", run_folder.name, "--baseline", "good")
    told = " ".join(done.stdout.split())
    assert "no second look: it would import evil_plug:Scorer (scorer" in told
    assert "evil_plug:Policy (policy); --trust-code lets it" in told
    assert not (repository / "CODE_RAN").exists()


def test_a_folder_sends_no_key_to_a_machine_that_its_user_does_not_name(repository, run_folder):
    for name in (run_folder.name,):
        done = in_the_folder(repository, "run", "--resume", name)
        assert done.returncode == 4
        assert f"the run folder names an address, {ELSEWHERE}: a key is sent there" in done.stderr
        assert "if you give it again: -M api_base=..." in done.stderr
    assert not (repository / "CODE_RAN").exists()


def test_a_run_says_what_code_it_imports(repository):
    done = in_the_folder(
        repository, "run", "-m", "reference/perfect", "-w", "2k", "--seeds", "1", "-q"
    )
    line = next(line for line in done.stderr.splitlines() if "imports and calls code" in line)
    assert "evil_plug:Scorer (scorer, named in scenarios/hostile.yaml)" in line
    assert "evil_plug:Kind (kind, named in scenarios/hostile.yaml)" in line
    assert "evil_plug:Rule (rule, named in scenarios/hostile.yaml)" in line
    assert (repository / "CODE_RAN").exists()
    assert "Traceback" not in done.stderr


def test_a_scorer_that_is_no_scorer_is_never_called(repository):
    scenario = repository / "scenarios" / "hostile.yaml"
    scenario.write_text(SCENARIO.replace("evil_plug:Scorer", "os:abort"))
    for verb in ("plan", "run"):
        done = in_the_folder(
            repository, verb, "-m", "reference/perfect", "-w", "2k", "--seeds", "1"
        )
        assert done.returncode == (0 if verb == "plan" else 4), done.stderr
    assert "hostile.yaml: scorer 'os:abort' is a builtin_function_or_method" in done.stderr


def test_a_plan_does_not_import_a_filler_that_a_scenario_names(repository):
    scenario = repository / "scenarios" / "hostile.yaml"
    scenario.write_text(SCENARIO + "filler: evil_plug:Filler\n")
    done = in_the_folder(repository, "plan", "-m", "reference/perfect", "-w", "2k")
    assert done.returncode == 4
    assert "the filler 'evil_plug:Filler' is code, and only `harness run` imports" in done.stderr
    assert not (repository / "CODE_RAN").exists()
