"""The workflow and the composite action: their shell steps run as they stand, on the sample."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.support.command import ROOT
from tests.support.pytest_inside import SAMPLE

WORKFLOW = ROOT / ".github/workflows/recall.yml"
ACTION = ROOT / ".github/actions/recall-gate/action.yml"
_EXPRESSION = re.compile(r"\$\{\{\s*([^}]+?)\s*\}\}")


def read(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


class Runner:
    """Runs the shell steps of an action in a folder, as GitHub's runner does."""

    def __init__(self, folder, values):
        self.folder = folder
        self.values = values
        self.outputs = folder / "outputs"
        self.summary = folder / "summary"
        self.path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    def text(self, value):
        """A value with its expressions filled in; what nobody knows is an error."""
        return _EXPRESSION.sub(lambda found: self.values[found[1]], str(value))

    def run(self, step):
        """One step; its result."""
        assert step["shell"] == "bash"
        assert not _EXPRESSION.search(step["run"]), "expressions go through env, or they inject"
        env = {name: self.text(value) for name, value in step.get("env", {}).items()}
        script = self.folder / "step.sh"
        script.write_text(step["run"])
        return subprocess.run(  # noqa: S603 -- the steps of this repository
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", script],  # noqa: S607 -- as there
            cwd=self.folder / self.text(step.get("working-directory", ".")),
            env={
                "PATH": self.path,
                "HOME": str(self.folder),
                "PYTHONPATH": str(ROOT),
                "GITHUB_OUTPUT": str(self.outputs),
                "GITHUB_STEP_SUMMARY": str(self.summary),
                **env,
            },
            capture_output=True,
            text=True,
            check=False,
        )

    def told(self):
        """The outputs so far."""
        lines = self.outputs.read_text().splitlines() if self.outputs.exists() else []
        return dict(line.split("=", 1) for line in lines)


def gate(folder, **changes):
    """Every step of the composite action with the inputs of the workflow; the last result."""
    shutil.copytree(SAMPLE, folder / "tests/sample")
    given = next(
        step for step in read(WORKFLOW)["jobs"]["gate"]["steps"] if step.get("id") == "gate"
    )
    assert given["uses"] == "./" + str(ACTION.parent.relative_to(ROOT))
    action = read(ACTION)
    inputs = {name: str(about.get("default", "")) for name, about in action["inputs"].items()}
    assert given["with"].keys() <= inputs.keys()
    inputs |= given["with"] | changes
    runner = Runner(folder, {f"inputs.{name}": value for name, value in inputs.items()})
    result = None
    for step in action["runs"]["steps"]:
        if "uses" in step:  # of GitHub's own; its inputs are looked at by a test of their own
            continue
        result = runner.run(step)
        if result.returncode:
            break
    return runner, result


def test_the_steps_pass_on_the_prompt_that_was_blessed(tmp_path):
    runner, last = gate(tmp_path)
    assert last.returncode == 0, last.stdout + last.stderr
    told = runner.told()
    assert told["verdict"] == "pass"
    assert Path(told["comment"]).read_text().startswith("### ✅ Recall: pass")
    assert runner.summary.read_text() == Path(told["comment"]).read_text()
    assert (tmp_path / "tests/sample/recall.xml").exists()


def test_the_steps_fail_on_a_prompt_that_loses_the_early_facts_and_say_so(tmp_path):
    runner, last = gate(tmp_path, **{"system-prompt": "prompts/v2.txt"})
    assert last.returncode == 1, last.stdout + last.stderr
    told = runner.told()
    assert told["verdict"] == "fail"
    comment = Path(told["comment"]).read_text()
    assert comment.startswith("### ❌ Recall: fail")
    assert "another system prompt" in comment
    step = read(WORKFLOW)["jobs"]["gate"]["steps"][-1]
    assert "always()" in step["if"], "a failing gate must still be told"
    posted = tmp_path / "posted.json"
    gh = tmp_path / "bin/gh"
    gh.parent.mkdir()
    gh.write_text(
        f"#!{sys.executable}\nimport json, sys\n"
        f"json.dump(sys.argv[1:], open({str(posted)!r}, 'w'))\n"
    )
    gh.chmod(0o755)
    runner.path = f"{gh.parent}{os.pathsep}{runner.path}"
    runner.values |= {
        "github.token": "t",
        "github.event.pull_request.number": "7",
        "steps.gate.outputs.comment": told["comment"],
    }
    assert runner.run(step).returncode == 0
    assert json.loads(posted.read_text())[:5] == [
        "pr",
        "comment",
        "7",
        "--body-file",
        told["comment"],
    ]


@pytest.mark.parametrize("path", [WORKFLOW, ACTION], ids=lambda path: path.name)
def test_every_shell_step_takes_what_others_wrote_from_its_environment(path):
    content = read(path)
    steps = content["runs"]["steps"] if "runs" in content else content["jobs"]["gate"]["steps"]
    shells = [step for step in steps if "run" in step]
    assert shells
    for step in shells:
        assert not _EXPRESSION.search(step["run"])


def test_the_comment_shows_what_was_asked_what_was_expected_and_what_came(tmp_path):
    runner, _ = gate(tmp_path, **{"system-prompt": "prompts/v2.txt"})
    comment = Path(runner.told()["comment"]).read_text()
    examples = comment.partition("Such as:")[2]
    assert "In which colour do customers of the corner shop want their shelves?" in examples
    assert "I don't know: that was not said in our conversation." in examples
    page = (tmp_path / "tests/sample/recall.html").read_text(encoding="utf-8")
    assert page.lower().startswith("<!doctype html>")


def test_every_input_is_used_by_a_step():
    action = read(ACTION)
    text = ACTION.read_text(encoding="utf-8").partition("runs:")[2]
    unused = [name for name in action["inputs"] if f"inputs.{name}" not in text]
    assert not unused


def test_outputs_of_the_action_are_those_that_its_steps_write():
    action = read(ACTION)
    for name, about in action["outputs"].items():
        assert about["value"] == f"${{{{ steps.check.outputs.{name} }}}}"
        assert f"{name}=" in action["runs"]["steps"][-1]["run"]
