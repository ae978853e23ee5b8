"""Makes the tables of the pages anew by the commands that stand above them, and compares.

A block that begins with `<!-- measured by: harness run ... -->` holds the first table of what that
command prints. `python docs/measured.py` says which are no longer true, `--write` writes them.
Times differ from machine to machine, and are not compared.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
BLOCK = re.compile(
    r"(<!-- measured by: (?P<command>harness [^>]*?) -->\n```text\n)(?P<table>.*?)(?=```)",
    re.DOTALL,
)
TIME = re.compile(r" *(<1 ms|\d+ ms|[\d.]+ s)$", re.MULTILINE)


def main() -> int:
    """Compare every block with what its command prints now; 1 where one differs."""
    wrong = 0
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for block in list(BLOCK.finditer(text)):
            made = first_table(block["command"])
            if without_times(made) == without_times(block["table"]):
                continue
            wrong += 1
            print(f"{page.relative_to(ROOT)}: {block['command']}\n{made}")
            text = text.replace(block["table"], made)
        if "--write" in sys.argv:
            page.write_text(text, encoding="utf-8")
    return 1 if wrong and "--write" not in sys.argv else 0


def first_table(command: str) -> str:
    """The first lines of what a command prints, up to the first that is empty."""
    words = shlex.split(command)
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(  # noqa: S603 -- a command of our own pages
            [sys.executable, "-m", "harness", *words[1:], "--out", folder],
            cwd=ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip
    return done.stdout.partition("\n\n")[0] + "\n"


def without_times(table: str) -> str:
    """A table without its times, and without the width that they take."""
    lines = (line.rstrip(" ─") for line in TIME.sub("", table).splitlines())
    return "\n".join(lines)


def blocks() -> Iterator[tuple[Path, re.Match[str]]]:
    """The blocks of all pages."""
    for page in PAGES:
        for block in BLOCK.finditer(page.read_text(encoding="utf-8")):
            yield page, block


if __name__ == "__main__":
    sys.exit(main())
