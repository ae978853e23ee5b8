"""Runs the command as a user would, in this process, so that litellm is imported once."""

from __future__ import annotations

import gc
import io
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from harness.cli import main

ROOT = Path(__file__).parents[2]
SCENARIOS = ROOT / "scenarios"


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str


def harness(*args: object, cwd: Path | None = None) -> Result:
    """What `harness ARGS` prints, and its exit code."""
    out, err = io.StringIO(), io.StringIO()
    code: object = 0
    with (
        chdir(cwd or Path.cwd()),
        mock.patch.object(sys, "argv", ["harness", *map(str, args)]),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as leave:
            code = leave.code
        finally:
            gc.unfreeze()  # what a command keeps to its end is garbage of the tests afterwards
    return Result(int(code or 0), out.getvalue(), err.getvalue())


def the_run(folder: Path) -> Path:
    """The one run in a results folder."""
    (run,) = [path.parent for path in folder.glob("*/run.json")]
    return run
