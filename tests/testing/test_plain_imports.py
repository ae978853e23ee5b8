"""Modules of the harness under real pytest, as an installed package with a plugin has them."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.support.command import ROOT
from tests.support.pytest_inside import plugin
from tests.support.small import SMALL

CONFTEST = """
import pytest
pytest.register_assert_rewrite("harness")  # as pytest does for every package with a plugin
def pytest_terminal_summary(terminalreporter):
    import harness.runs.run
    terminalreporter.write_line("loader: " + type(harness.runs.run.__spec__.loader).__name__)
"""
AFTER = """
import sys, pytest
before = len(sys.meta_path)
code = pytest.main(sys.argv[1:])
print("exit:", int(code), "finders left:", len(sys.meta_path) - before)
"""


def test_no_module_of_ours_is_rewritten_and_no_finder_stays_behind(tmp_path):
    (tmp_path / "small.scenario.yaml").write_text(SMALL)
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    done = subprocess.run(  # noqa: S603 -- our own interpreter
        [
            sys.executable, "-c", AFTER, *plugin(), "-p", "no:asyncio", "--harness-model",
            "reference/perfect", "--harness-window", "1k", "--harness-seeds", "1",
            "--harness-no-controls",
        ],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert "loader: SourceFileLoader" in done.stdout, done.stdout + done.stderr
    assert "exit: 0 finders left: 0" in done.stdout
    assert (tmp_path / ".pytest_cache" / "d" / "harness" / "o200k_base.counts").exists()
