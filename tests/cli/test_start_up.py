from __future__ import annotations

import gc
import io
import sys
from contextlib import redirect_stderr, redirect_stdout

import pytest

from harness.cli import main
from harness.cli.progress import Bar
from harness.cli.start_up import started, starting


@pytest.fixture
def usual():
    before = gc.get_threshold()
    yield before
    started()
    gc.unfreeze()
    assert gc.get_threshold() == before


def test_garbage_is_collected_as_ever_once_the_work_of_a_command_begins(usual):
    starting()
    starting()
    assert gc.get_threshold()[0] > 100 * usual[0]
    assert gc.isenabled()
    with redirect_stderr(io.StringIO()), Bar() as bar:
        bar.begin(2, 0)
        assert gc.get_threshold() == usual
        assert gc.get_freeze_count()
        bar.begin(3, 0)
    assert gc.get_threshold() == usual


def test_a_program_that_calls_a_command_has_its_own_threshold_again_behind_it(usual, monkeypatch):
    for arguments in (["--help"], ["no-such-verb"]):
        monkeypatch.setattr(sys, "argv", ["harness", *arguments])
        unread = io.StringIO()
        with redirect_stdout(unread), redirect_stderr(unread), pytest.raises(SystemExit):
            main()
        assert gc.get_threshold() == usual


def test_a_program_that_imports_the_package_keeps_its_own_threshold(usual):
    with redirect_stderr(io.StringIO()), Bar() as bar:
        bar.begin(2, 0)
    assert gc.get_threshold() == usual
    assert not gc.get_freeze_count()
