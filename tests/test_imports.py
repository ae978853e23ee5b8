"""What is imported when: `--help`, `validate` and the API never pay for litellm (DESIGN 3)."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections import defaultdict
from graphlib import TopologicalSorter

import grimp
import pytest

from tests.support.command import ROOT
from tests.support.openai_server import OpenAIServer

SAMPLE = ROOT / "tests" / "sample"

HEAVY = ("litellm", "altair", "scipy", "polars", "numpy", "tiktoken", "pydantic", "ray")


def imported(*command):
    code = (
        "import sys; sys.argv = ['harness', *sys.argv[1:]]\n"
        "try:\n"
        "    from harness.cli import main; main()\n"
        "except SystemExit: pass\n"
        f"print([n for n in {HEAVY!r} if n in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(  # noqa: S603 -- our own interpreter
        [sys.executable, "-c", code, *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(eval(done.stderr.splitlines()[-1]))  # noqa: S307 -- a list that was just printed


def printed(code):
    """What Python prints of it, in a process of its own."""
    done = subprocess.run(  # noqa: S603 -- our own interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_help_imports_nothing_heavy():
    assert imported("--help") == set()
    code = (
        "import sys; sys.argv = ['harness', '--help']\n"
        "from harness.cli import main\n"
        "try: main()\n"
        "except SystemExit: print(*(n for n in sys.modules if n.startswith('harness.')))"
    )
    of_ours = set(printed(code).splitlines()[-1].split())
    assert not of_ours & {"harness.cli.run", "harness.cli.init", "harness.core.study"}
    code = "import harness.cli, harness.models, sys; print('harness.core.text' in sys.modules)"
    assert printed(code) == "False"  # nor what reads texts, which takes a tenth of a second
    assert imported("run", "--help") == set()


def test_a_run_of_reference_models_never_imports_litellm(tmp_path):
    found = imported(
        "run", "scenarios/needle.yaml", "--out", str(tmp_path), "-m", "reference/perfect", "-w",
        "2k", "--seeds", "1", "--fills", "0.3", "--no-controls", "-q",
    )  # fmt: skip
    assert not found & {"litellm", "ray"}
    assert list(tmp_path.glob("*/records.jsonl"))


UNASKED = (
    "litellm", "ray", "numpy", "polars", "scipy", "altair", "rich", "jinja2", "tqdm", "aiohttp",
    "harness.analysis", "harness.reports", "harness.adaptive", "harness.gate",
    "harness.runs.executors.ray_cluster", "harness.sessions.fillers.agent_work",
    "harness.sessions.memories.http", "harness.scoring.rules.wording", "harness.models.errors",
    "harness.models.reference.skilled",
)  # fmt: skip
"""What a plain run of a reference model needs after its trials, or never."""

TO_THE_FIRST_RECORD = """
import sys
from harness.runs.folder.writer import Store
append = Store.append
def first(store, record):
    print(*(name for name in {unasked!r} if name in sys.modules), "end")
    Store.append = append
    append(store, record)
Store.append = first
from harness.cli import main
try: main()
except SystemExit: pass
"""


def test_until_the_first_record_nothing_is_imported_that_a_run_does_not_need(tmp_path):
    code = TO_THE_FIRST_RECORD.format(unasked=UNASKED)
    arguments = (
        "run", "needle", "--out", tmp_path, "-m", "reference/perfect", "-w", "2k", "--seeds", "2",
        "--fills", "0.5", "--no-controls", "-q",
    )  # fmt: skip
    done = subprocess.run(  # noqa: S603 -- our own interpreter
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["end"]


def test_a_cassette_is_replayed_without_litellm(tmp_path):
    found = imported(
        "run", f"{SAMPLE}/recall/desk.scenario.yaml", "--out", str(tmp_path), "-m", "openai/desk-1",
        "-w", "2k", "--seeds", "1", "--system-prompt", f"{SAMPLE}/prompts/v1.txt", "--cassette",
        f"{SAMPLE}/cassettes/desk.jsonl", "--replay", "-q",
    )  # fmt: skip
    assert not found & {"litellm", "ray"}
    assert list(tmp_path.glob("*/records.jsonl"))


def test_pytest_replays_a_cassette_without_litellm(tmp_path):
    shutil.copytree(SAMPLE, tmp_path, dirs_exist_ok=True)
    code = (
        f"import os, pytest, sys; os.chdir({str(tmp_path)!r}); sys.path.insert(0, {str(ROOT)!r})\n"
        "code = pytest.main(['recall', '-q', '-p', 'no:cacheprovider'])\n"
        "print(int(code), 'litellm' in sys.modules)"
    )
    assert printed(code).splitlines()[-1] == "0 False"


def test_a_server_of_ones_own_is_asked_without_litellm(httpserver, tmp_path):
    server = OpenAIServer(httpserver)
    found = imported(
        "run", "scenarios/needle.yaml", "--out", str(tmp_path), "-m", "openai/mine", "-w", "2k",
        "--seeds", "1", "--fills", "0.3", "--no-controls", "-q", "-M",
        f"api_base={server.api_base}", "-M", "api_key=none", "--no-preflight",
    )  # fmt: skip
    assert server.requests
    assert not found & {"litellm", "ray"}


def test_validate_never_imports_litellm_or_a_tokenizer():
    assert not imported("validate") & {"litellm", "tiktoken", "polars", "numpy", "altair"}


def test_the_package_imports_nothing_heavy():
    code = f"import harness, sys; print([n for n in {HEAVY!r} if n in sys.modules])"
    assert printed(code) == "[]"


@pytest.mark.parametrize("room", ["models", "scoring", "scenarios", "runs", "sessions"])
def test_no_room_imports_litellm_when_it_is_imported(room):
    code = f"import harness.{room}, sys; print('litellm' in sys.modules)"
    assert printed(code) == "False"


def test_no_module_imports_itself_by_way_of_others_even_for_its_types():
    graph = grimp.build_graph("harness", cache_dir=None)
    imports = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    TopologicalSorter(imports).prepare()  # a circle would be a CycleError
    assert len(imports) > 300


def test_a_public_name_stands_in_few_files():
    found = defaultdict(set)
    for path in sorted((ROOT / "harness").rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                found[node.name].add(path)
    several = sorted(n for n, paths in found.items() if len(paths) > 1 and n[0] != "_")
    assert len(several) <= 20, several
