"""The page of a run that goes on, in the browser, while its records come in."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from harness.reports.live.app import live_app
from harness.reports.live.pages import Pages
from harness.runs.folder.layout import RECORDS
from tests.reports.browser.conftest import LINES, POINTS, press
from tests.support.live_server import serving

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def growing(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A run of which half of the records are there, and the lines that are still to come."""
    folder = tmp_path_factory.mktemp("live") / run_folder.name
    shutil.copytree(run_folder, folder)
    lines = (folder / RECORDS).read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / RECORDS).write_text("".join(lines[: len(lines) // 2]), encoding="utf-8")
    return folder, lines[len(lines) // 2 :]


def test_the_curve_fills_in_while_a_filter_and_an_open_record_stay(growing, chromium) -> None:
    folder, later = growing
    complaints: list[str] = []
    pages = Pages(spent=lambda: 0.0)
    with serving(live_app(lambda: [folder], pages)) as port:
        page = chromium.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"http://127.0.0.1:{port}/")
        page.locator("#live progress").wait_for(timeout=30_000)
        half = page.locator(".facts").inner_text()
        press(page, "reference/perfect")
        page.locator("#records-list button[data-record]").nth(1).click()
        record = page.locator("#record dd .id").inner_text()
        points = sum(int(one.get_attribute("data-n")) for one in page.locator(POINTS).all())
        with (folder / RECORDS).open("a", encoding="utf-8") as file:
            file.writelines(later)
        page.locator(".progress[data-state=complete]").wait_for(timeout=30_000)
        page.locator(f".facts:not(:text-is('{half}'))").wait_for(timeout=30_000)
        more = sum(int(one.get_attribute("data-n")) for one in page.locator(POINTS).all())
        assert more > points
        assert page.locator(LINES).count() == 1
        assert page.locator("#record dd .id").inner_text() == record
        assert complaints == []
        page.close()


def test_it_says_when_its_server_was_ended(growing, chromium) -> None:
    folder, _ = growing
    page = chromium.new_page()
    with serving(live_app(lambda: [folder], Pages())) as port:
        page.goto(f"http://127.0.0.1:{port}/")
        page.locator("#live progress").wait_for(timeout=30_000)
    page.locator("#live .warn").wait_for(timeout=30_000)
    assert "was it ended?" in page.locator("#live").inner_text()
    page.close()
