"""Commands in README and docs are run as they stand, so they stay true."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from types import ModuleType
from unittest import mock

import pytest

from harness.sessions.memories.conformance import check_memory
from tests.support.command import ROOT, SCENARIOS, harness

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SAVED = re.compile(r"[Ss]ave this as `([^`]+)`:\n\n```(?:yaml|python)\n(.*?)```", re.DOTALL)
"""Files that a page tells its reader to make."""
BLOCK = re.compile(r"(<!-- not run: [^>]+-->\n)?```sh\n(.*?)```", re.DOTALL)


TRANSCRIPTS = ROOT / "tests" / "scenarios" / "importers" / "fixtures"
GIVEN = {
    "importing.md": {
        "conversations.json": TRANSCRIPTS / "chatgpt.json",
        "longmemeval.json": TRANSCRIPTS / "longmemeval.json",
        "locomo.json": TRANSCRIPTS / "locomo.json",
        "notes.md": TRANSCRIPTS / "markdown.md",
        "chats.jsonl": ROOT / "tests" / "docs" / "chats.jsonl",
    },
    "compaction.md": {"summary.md": ROOT / "tests" / "docs" / "summary.md"},
    "memories.md": {
        "longmemeval.json": TRANSCRIPTS / "longmemeval.json",
        "locomo.json": TRANSCRIPTS / "locomo.json",
    },
    "your-own-log.md": {"day.jsonl": ROOT / "tests" / "docs" / "day.jsonl"},
}
"""Files that a page takes for granted."""


def commands(page):
    """The `harness` lines of the blocks that are meant to be run."""
    return [
        line.strip()
        for skipped, block in BLOCK.findall(page.read_text(encoding="utf-8"))
        if not skipped
        for line in block.replace("\\\n", " ").splitlines()
        if line.strip().startswith("harness ")
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_commands_of_a_page_run_in_order_in_a_new_folder(page, tmp_path):
    lines = commands(page)
    if not lines:
        pytest.skip("no commands on this page")
    if page.name != "README.md":
        shutil.copytree(SCENARIOS, tmp_path / "scenarios")
    for name, file in GIVEN.get(page.name, {}).items():
        shutil.copy(file, tmp_path / name)
    for name, block in SAVED.findall(page.read_text(encoding="utf-8")):
        (tmp_path / name).write_text(block, encoding="utf-8")
    for line in lines:
        result = harness(*shlex.split(line, comments=True)[1:], cwd=tmp_path)
        assert result.code == 0, f"{line}\n{result.err}"


async def test_the_memory_of_ones_own_keeps_its_contract_in_thirty_lines():
    saved = dict(SAVED.findall((ROOT / "docs" / "memories.md").read_text(encoding="utf-8")))
    assert len(saved["shelf.py"].splitlines()) <= 30
    shelf = ModuleType("shelf")
    with mock.patch.dict(sys.modules, {"shelf": shelf}):  # a dataclass looks its module up
        exec(saved["shelf.py"], vars(shelf))  # noqa: S102 -- our own page
    await check_memory(shelf.Shelf())


def test_the_readme_has_commands_to_run():
    assert len(commands(ROOT / "README.md")) >= 5


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_between_pages_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", ["README.md", "docs/scenarios.md"])
def test_the_scenarios_of_a_page_are_valid(page, tmp_path):
    text = (ROOT / page).read_text(encoding="utf-8")
    blocks = re.findall(r"```yaml\n(schema:.*?)```", text, re.DOTALL)
    assert blocks
    for number, block in enumerate(blocks):
        (tmp_path / f"{number}.yaml").write_text(block, encoding="utf-8")
    assert harness("validate", tmp_path).code == 0


def test_every_page_is_in_the_index():
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    pages = {page.name for page in (ROOT / "docs").glob("*.md")} - {"index.md"}
    missing = sorted(page for page in pages if f"({page})" not in index)
    assert not missing, f"link {', '.join(missing)} from docs/index.md"
