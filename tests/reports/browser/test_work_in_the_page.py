"""Working in the page: finding, comparing, taking things out, and coming back to what was seen."""

from __future__ import annotations

import csv
import io
import re
import struct
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import polars as pl
import pytest

from harness.analysis.curves import model_rows
from harness.analysis.records import read_records
from harness.analysis.summary.build import summarise
from harness.analysis.summary.model import NEAR_FULL
from harness.reports import render
from harness.reports.charts.figure_style import FEW
from harness.runs.folder.layout import RECORDS
from tests.reports.browser.conftest import POINTS, press
from tests.support.command import harness, the_run

if TYPE_CHECKING:
    from pathlib import Path

FADING = "reference/fading?onset=0.4"


@pytest.fixture(scope="module")
def page_file(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of that run and of a later one, in which one of the models fades earlier."""
    folder = tmp_path_factory.mktemp("later")
    result = harness(
        "run", run_folder.parents[1] / "hostile.yaml",
        "-m", "reference/perfect,reference/fading?onset=0.2&limit=2000",
        "-w", "2k", "--policy", "drop_oldest", "--seeds", "2", "--out", folder,
    )  # fmt: skip
    assert result.code == 0, result.err
    folders = [run_folder, the_run(folder)]
    frame = read_records([one / RECORDS for one in folders])
    path = folder / "two.html"
    render(summarise(frame, apart=True), frame, path, folders=folders)
    return path


@pytest.fixture(scope="module")
def page(page_file: Path, chromium):
    """One page for all tests of this module; each begins from the address without a state."""
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900}, reduced_motion="reduce", accept_downloads=True
    )
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    found = context.new_page()
    found.complaints = []
    found.on("console", lambda message: found.complaints.append(message.text))
    found.on("pageerror", lambda error: found.complaints.append(str(error)))
    found.goto(page_file.as_uri())
    yield found
    assert found.complaints == []
    context.close()


@pytest.fixture(autouse=True)
def from_the_start(page, page_file: Path) -> None:
    page.evaluate("location.hash = 'sort=misses'")
    until(page, lambda said: said == "")


def count(page) -> int:
    return int(page.locator("#records-count").inner_text().split()[0].replace(",", ""))


def until(page, wanted) -> str:
    """The address, once it is as wanted; the policy of the page forbids to wait by a script."""
    for _ in range(200):
        said = page.evaluate("location.hash")
        if wanted(said):
            return said
        page.wait_for_timeout(20)
    raise AssertionError(said)


def address(page, *holds: str) -> str:
    """The address once it holds all of these; the page writes it a moment after each change."""
    return until(page, lambda said: len(said) > 1 and all(each in said for each in holds))


def saved(page, button: str) -> bytes:
    with page.expect_download() as download:
        page.locator(button).first.click()
    return download.value.path().read_bytes()


def test_a_filter_reaches_every_table_that_speaks_of_series(page) -> None:
    names = (
        "#first tbody tr",
        ".answer",
        "#controls tbody tr",
        "#usage tbody tr",
        "#lengths details",
    )
    before = [page.locator(f"{name}:visible").count() for name in names]
    press(page, FADING)
    after = [page.locator(f"{name}:visible").count() for name in names]
    assert before == [4, 4, *before[2:]]
    assert all(0 < left < all_ for left, all_ in zip(after, before, strict=True))
    for table in ("#first", "#controls", "#usage"):
        shown = page.locator(f"{table} tbody tr:visible").all_inner_texts()
        assert shown
        assert not any("onset=0.4" in row for row in shown)
    compared = page.locator(".against tbody tr:visible").all_inner_texts()
    assert not any("onset=0.4" in row for row in compared)


def test_the_first_table_is_told_of_the_part_that_is_left_and_comes_back(page, page_file) -> None:
    before = page.locator("#first tbody").inner_text()
    press(page, "own")
    part = page.locator("#first tbody").inner_text()
    assert part != before
    assert page.locator("#first-part").is_visible()
    assert address(page, "probes=shown")
    # with what was evicted out of the way, the reader that never forgets has lost nothing
    rows = page.locator("#first tbody tr").all()
    perfect = [row for row in rows if row.locator("th").inner_text().startswith("perfect")]
    assert [row.locator("[data-cell=lost_by]").inner_text() for row in perfect] == ["nobody"] * 2
    press(page, "all")
    assert page.locator("#first tbody").inner_text() == before


def test_the_recall_of_a_part_is_that_of_python(page, run_folder) -> None:
    press(page, "own")
    shown = page.evaluate("""
      [...document.querySelectorAll('#first tbody tr')]
        .map(row => [...row.cells].map(cell => cell.innerText))""")
    rows = model_rows(read_records(run_folder / RECORDS)).collect()
    for model, name in (("reference/perfect", "perfect"), (FADING, "fading?onset=0.4")):
        ends = rows.filter(pl.col("model") == model, pl.col("fill") >= NEAR_FULL)
        near_full = f"{100 * ends['score'].mean():.0f} %"
        assert any(cells[0].startswith(name) and cells[3] == near_full for cells in shown)


def test_words_find_the_records_that_hold_all_of_them(page) -> None:
    everything = count(page)
    page.fill("#find", "city Ghent")
    found = count(page)
    assert 0 < found < everything
    for row in page.locator("#records-list button[data-record]").all()[:3]:
        row.click()
        assert "Ghent" in page.locator("#record").inner_text()
    page.fill("#find", "nowhere-to-be-found")
    assert count(page) == 0
    assert page.locator("#record").inner_text() == "No record is left by the filters."


def test_an_outcome_and_an_order_decide_what_is_read_first(page) -> None:
    options = page.locator("#outcome option").all_inner_texts()
    (evicted,) = [words for words in options if words.startswith("evicted")]
    page.select_option("#outcome", label=evicted)
    assert f"({count(page)})" in evicted
    assert set(page.locator("#records-list .tag").all_inner_texts()) == {"evicted"}
    page.select_option("#sort", "fill-down")
    fills = [
        int(re.search(r"fill (\d+)", words)[1])
        for words in page.locator("#records-list button .small").all_inner_texts()
    ]
    assert fills == sorted(fills, reverse=True)
    assert address(page, "outcome=evicted", "sort=fill-down")


def test_an_address_brings_back_what_was_seen(page, page_file, chromium) -> None:
    press(page, "reference/perfect")
    page.fill("#find", "door")
    page.select_option("#sort", "fill")
    page.locator("#heat-plots g[data-cell]").last.click()
    page.fill("#find", "code")
    row = page.locator("#records-list button[data-record]").nth(0)
    row.click()
    address(page, "record=")
    seen = page.evaluate(
        "[document.querySelector('#record').innerText, document.querySelector('#left').innerText]"
    )
    other = chromium.new_page()
    other.goto(page_file.as_uri() + address(page))
    assert seen == other.evaluate(
        "[document.querySelector('#record').innerText, document.querySelector('#left').innerText]"
    )
    assert other.locator("#find").input_value() == "code"
    assert other.locator("#sort").input_value() == "fill"
    other.close()


@pytest.mark.parametrize("said", [
    "pick={", "pick=null", 'pick={"series":99,"axis":"fill","from":0,"to":1}',
    'pick={"series":0,"axis":"outcome","from":0,"to":1,"who":"<img src=x onerror=hacked=1>"}',
    "sort=<b>", "change=x", "side=a&side=b", "record=no such", "without.model=none", "%%%=%",
])  # fmt: skip
def test_an_address_that_was_tampered_with_chooses_nothing(page, said: str) -> None:
    everything = count(page)
    page.evaluate("said => { location.hash = said }", said)
    page.wait_for_timeout(150)
    assert count(page) == everything
    assert page.evaluate("window.hacked === undefined && !document.querySelector('main img')")


def test_a_table_is_copied_with_its_head_and_the_rows_that_are_seen(page) -> None:
    press(page, FADING)
    page.locator("#answer .copy").first.click()
    lines = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert lines[0].split("\t")[:4] == ["model", "window", "nearly empty", "near full"]
    assert len(lines) == 1 + page.locator("#first tbody tr:visible").count()
    assert page.locator("#answer .copy").first.inner_text() == "Copied"


def test_a_figure_is_saved_as_a_drawing_that_needs_no_style_sheet(page) -> None:
    text = saved(page, "#curve-plots button:has-text('Save SVG')").decode()
    root = ET.fromstring(text)  # noqa: S314 - our own drawing
    assert "var(" not in text
    assert "class=" not in text
    words = ["".join(node.itertext()) for node in root.iter() if node.tag.endswith("}text")]
    assert "Recall against fill, window of 2,000 tokens" in words
    assert any("fading?onset=0.2" in line for line in words)
    strokes = {node.get("stroke") for node in root.iter() if node.tag.endswith("}path")}
    assert {"rgb(0, 114, 178)"} <= strokes


def test_a_figure_of_losses_is_saved_with_its_key(page) -> None:
    text = saved(page, "#outcome-plots button:has-text('Save SVG')").decode()
    assert "lost by the application (evicted)" in text
    assert "var(" not in text


def test_a_figure_is_saved_as_a_picture_of_three_times_its_size(page) -> None:
    png = saved(page, "#heat-plots button:has-text('Save PNG')")
    wide, _ = struct.unpack(">II", png[16:24])
    drawn = page.locator("#heat-plots figure").first.get_attribute("data-width")
    assert png.startswith(b"\x89PNG")
    assert wide == 3 * (int(drawn) + 20)


def test_the_data_of_a_figure_are_its_points(page) -> None:
    rows = list(
        csv.DictReader(io.StringIO(saved(page, "#curve-plots button:has-text('CSV')").decode()))
    )
    points = [node.get_attribute("data-n") for node in page.locator(POINTS).all()]
    assert sorted(row["n"] for row in rows) == sorted(points)
    assert {row["window_limit"] for row in rows} == {"2000"}
    assert all(0 <= float(row["lo"]) <= float(row["recall"]) <= float(row["hi"]) for row in rows)


def test_two_runs_stand_side_by_side_with_the_replies_that_changed(page) -> None:
    table = page.locator("#changed-table tbody tr td").all_inner_texts()
    # both runs asked only one model of one name, and that one forgets nothing
    assert table[0] == "measured in both"
    assert page.locator("#changed-list li").count() == 0
    for side, model in ((0, "onset=0.4"), (1, "onset=0.2")):
        (label,) = [
            one for one in page.locator(f"#side-{side} option").all_inner_texts() if model in one
        ]
        page.select_option(f"#side-{side}", label=label)
    page.locator("#changed-show [data-change=worse]").click()
    assert address(page, "change=worse")
    worse = page.locator("#changed-list > ol > li").all()
    assert worse
    for pair in worse[:3]:
        first, second = pair.locator(".sides > div").all()
        assert first.locator(".tag").inner_text() == "recalled"
        assert second.locator(".tag").inner_text() != "recalled"
    n = int(page.locator("#changed-table tbody td").nth(4).inner_text())
    assert f"({n})" in page.locator("#changed-show [data-change=worse]").inner_text()
    worse[0].locator("button").nth(1).click()
    assert "onset=0.2" in page.locator("#record").inner_text()


def test_series_that_lie_on_one_another_are_drawn_side_by_side(page) -> None:
    lines = page.locator("#curve-plots path.line").all()
    shifts = [float(line.get_attribute("data-shift")) for line in lines]
    assert any(shifts)
    paths = [line.get_attribute("d") for line in lines]
    assert len(set(paths)) == len(paths)
    places = page.evaluate("""
      [...document.querySelectorAll('#curve-plots .ring')]
        .map(ring => `${ring.getAttribute('cx')} ${ring.getAttribute('cy')}`)""")
    assert len(set(places)) == len(places)


def test_no_line_of_the_curve_crosses_a_word(page) -> None:
    crossed = page.evaluate("""() => {
      const lines = '.onset, .reach, .bar, path.line, .band, .full';
      const meet = (a, b) => a.left < b.right && a.right > b.left
        && a.top < b.bottom - 1 && a.bottom > b.top + 1;
      const hits = [];
      for (const plot of document.querySelectorAll('#curve-plots svg.plot')) {
        const boxes = [...plot.querySelectorAll('text')].map(text => text.getBoundingClientRect());
        for (const line of plot.querySelectorAll(lines)) {
          const at = line.getBoundingClientRect();
          if (boxes.some(box => meet(at, box))) hits.push(line.getAttribute('class'));
        }
        boxes.forEach((box, i) => {
          if (boxes.slice(i + 1).some(other => meet(box, other))) hits.push('words');
        });
      }
      return hits;
    }""")
    assert crossed == []


def test_cells_of_few_probes_are_pale_and_hatched_and_others_are_not(page) -> None:
    cells = page.evaluate(
        "[...document.querySelectorAll('#heat-plots g[data-cell]')]"
        ".map(cell => [Number(cell.dataset.n), cell.innerHTML.includes('rising')])"
    )
    assert {n < FEW for n, _ in cells} == {True, False}
    assert all(hatched == (n < FEW) for n, hatched in cells)


def test_the_methods_name_version_seeds_and_the_hash_of_the_records(page, run_folder) -> None:
    import hashlib
    from importlib.metadata import version

    text = page.locator("#methods-text").inner_text()
    digest = hashlib.sha256((run_folder / RECORDS).read_bytes()).hexdigest()[:24]
    for words in (
        f"session-harness {version('session-harness')}", "seeds 0 to 4", f"SHA-256 {digest}",
        "hostile (content hash ", "policy drop_oldest", "5 points below",
    ):  # fmt: skip
        assert words in text


def test_a_slash_goes_to_the_search(page) -> None:
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "find"
    page.evaluate("document.activeElement.blur()")


def test_on_paper_it_is_at_most_four_pages(page) -> None:
    pages = re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))
    assert 1 < len(pages) <= 4


@pytest.mark.parametrize(
    ("scheme", "rules"), [("light", None), ("dark", ["color-contrast"])], ids=["light", "dark"]
)
def test_axe_finds_nothing_serious(page, scheme: str, rules: list[str] | None) -> None:
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe is not installed"
    )
    page.emulate_media(color_scheme=scheme)
    press(page, FADING)
    page.locator("#curve-plots details summary").first.click()
    # one figure and a few records of each kind are as good as forty
    alike = ("#heat-plots figure", "#outcome-plots figure", "#records-list li", "#changed-list li")
    found = axe.Axe().run(
        page,
        context={"exclude": [[f"{one}:nth-child(n+3)"] for one in alike]},
        options={"resultTypes": ["violations"], **({"runOnly": rules} if rules else {})},
    )
    page.emulate_media(color_scheme="light")
    assert found.response["passes"], "it looked at something"
    serious = [
        (one["id"], one["nodes"][0]["html"][:200], one["nodes"][0]["failureSummary"])
        for one in found.response["violations"]
        if one["impact"] in {"serious", "critical"}
    ]
    assert serious == []
