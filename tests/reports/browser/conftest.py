"""A real run, its page, and a headless Chromium to open it in."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from harness.analysis.records import read_records
from harness.analysis.summary.build import summarise
from harness.reports import render
from tests.support.command import harness, the_run

if TYPE_CHECKING:
    from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
POINTS = "#curve-plots g[role=button]"
LINES = "#curve-plots path.line"
SCRIPT = "<script>window.hacked = true</script>"
SCENARIO = f"""
schema: 1
name: hostile
facts:
  - id: tag
    say: "For the record: the tag in the footer reads {{value}} from now on."
    values: ["{SCRIPT}", "</script><img src=x onerror=hacked=1>", "<b>bold</b>", "<!-- gone -->",
             "&lt;i&gt;"]
    ask: "What does the tag in the footer read? Quote it."
  - id: city
    say: "For the record: the fair takes place in the city of {{value}}."
    values: ["Ghent", "Porto", "Riga", "Graz", "Lund", "Turku"]
    ask: "In which city does the fair take place? Answer with the city only."
  - id: door
    say: "The code of the side door is {{value}}."
    values: {{generate: code}}
    ask: "What is the code of the side door? Reply with the code only."
filler: workday
fills: [0.03, 0.05, 0.3, 0.6, 0.9, 1.3]
"""


@dataclass
class Opened:
    """A page, with what it complained about and what it asked the network for."""

    page: object
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


def press(page, value):
    """Press the filter of this value."""
    page.evaluate("document.querySelector('#filters details').open = true")
    page.locator(f"#filters button[data-value='{value}']").click()


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two models in a small window past which the application evicts."""
    folder = tmp_path_factory.mktemp("page")
    (folder / "hostile.yaml").write_text(SCENARIO, encoding="utf-8")
    result = harness(
        "run", folder / "hostile.yaml", "-m", "reference/perfect,reference/fading?onset=0.4",
        "-w", "2k", "--policy", "drop_oldest", "--seeds", "5", "--out", folder / "results",
    )  # fmt: skip
    assert result.code == 0, result.err
    return the_run(folder / "results")


@pytest.fixture(scope="module")
def page_file(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of that run."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    frame = read_records(run_folder)
    render(summarise(frame), frame, path, folders=[run_folder])
    return path


@pytest.fixture(scope="module")
def chromium(page_file: Path):
    """A headless browser with a profile of its own.

    It lives as long as the module and comes after the run: while the driver is there, an event loop
    runs in this thread, and nothing else could start one.
    """
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no chromium here; apt-get install chromium runs the browser tests")
    with api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium, page_file: Path):
    """Opens the page with options of a browser context, `width` first."""
    contexts = []

    def visit(width: int = 1280, height: int = 900, **options) -> Opened:
        options = {
            "viewport": {"width": width, "height": height},
            "reduced_motion": "reduce",
        } | options
        context = chromium.new_context(**options)
        contexts.append(context)
        found = Opened(context.new_page())
        found.page.on("console", lambda message: found.complaints.append(message.text))
        found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
        found.page.on("request", lambda request: found.requests.append(request.url))
        found.page.goto(page_file.as_uri())
        return found

    yield visit
    for context in contexts:
        context.close()
