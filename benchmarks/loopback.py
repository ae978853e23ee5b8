"""The server of the benchmarks: the tests' own, as a process of its own, so its CPU is not ours."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]


@contextmanager
def serving(*options: str) -> Iterator[str]:
    """The address of a server that answers everything at once with the same few words.

    Args:
        options: Of tests/support/fault_server.py.
    """
    command = [sys.executable, "-m", "tests.support.fault_server", *options]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdout=pipe, text=True) as server:  # noqa: S603 -- ours
        try:
            yield next(iter(server.stdout or ()), "").strip()
        finally:
            server.kill()


if __name__ == "__main__":
    print("a part of the other benchmarks")
