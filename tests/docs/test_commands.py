"""Commands in README and docs are run as they stand, so they stay true."""

from __future__ import annotations

import re
import shlex
import shutil

import pytest

from tests.support.command import ROOT, SCENARIOS, harness

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"(<!-- not run: [^>]+-->\n)?```sh\n(.*?)```", re.DOTALL)


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
    for line in lines:
        result = harness(*shlex.split(line, comments=True)[1:], cwd=tmp_path)
        assert result.code == 0, f"{line}\n{result.err}"


def test_the_readme_has_commands_to_run():
    assert len(commands(ROOT / "README.md")) >= 5


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_between_pages_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


def test_the_first_scenario_of_the_readme_is_valid(tmp_path):
    (block,) = re.findall(
        r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL
    )
    file = tmp_path / "leaflet.yaml"
    file.write_text(block, encoding="utf-8")
    assert harness("validate", file).code == 0
