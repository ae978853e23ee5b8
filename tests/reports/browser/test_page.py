"""What a person who opens the page sees and can do."""

from __future__ import annotations

import re

import polars as pl
import pytest

from harness.analysis.curves import main_rows, recall_curve
from harness.analysis.records import collect, read_records
from tests.reports.browser.conftest import LINES, POINTS, SCRIPT, press


def attributes(page, selector, *names):
    """The attributes of all that match, as tuples of numbers."""
    return [
        tuple(float(node.get_attribute(f"data-{name}")) for name in names)
        for node in page.locator(selector).all()
    ]


def test_the_page_opens_without_a_complaint_and_asks_the_network_for_nothing(opened, page_file):
    found = opened()
    for name in ("#curve-plots svg", "#heat-plots svg", "#outcome-plots svg", "#gap-plots svg"):
        assert found.page.locator(name).count() > 0, name
    assert found.complaints == []
    assert found.requests == [page_file.as_uri()]


def test_without_scripts_the_answers_and_the_tables_stand(opened):
    page = opened(java_script_enabled=False).page
    sentences = page.locator(".answer .sentence").all_inner_texts()
    assert len(sentences) == 2
    assert page.locator("#controls tbody tr").count() >= 4
    assert page.locator("noscript").is_visible()


def test_a_filter_takes_a_model_out_of_the_curve_and_puts_it_back(opened):
    page = opened().page
    assert page.locator(LINES).count() == 2
    press(page, "reference/perfect")
    assert page.locator(LINES).count() == 1
    assert page.locator("#left").inner_text().startswith("1 of 2 series")
    press(page, "reference/perfect")
    assert page.locator(LINES).count() == 2


def test_points_are_those_of_python_for_a_part_too(opened, run_folder):
    page = opened().page
    before = page.locator(LINES).first.get_attribute("d")
    press(page, "own")
    assert page.locator(LINES).first.get_attribute("d") != before
    rows = collect(read_records(run_folder))
    table = recall_curve(main_rows(rows).filter(pl.col("in_view")), "fill")
    expected = [(r["n"], r["recall"], r["lo"], r["hi"]) for r in table.to_dicts()]
    shown = attributes(page, POINTS, "n", "recall", "lo", "hi")
    assert sorted(shown) == [pytest.approx(row, abs=1e-6) for row in sorted(expected)]


def test_the_onset_is_the_one_that_python_estimated(opened, page_file):
    page = opened().page
    sentence = page.locator(".answer").first.locator(".sentence").inner_text()
    at = float(page.locator(".found[data-onset]").first.get_attribute("data-onset"))
    assert f"begins at {100 * at:.0f} %" in sentence


def test_a_cell_leads_to_its_records_and_a_record_to_the_evicted_fact(opened):
    page = opened().page
    cell = page.locator("#heat-plots g[data-cell='1|0'][data-series='1']")
    n = int(cell.get_attribute("data-n"))
    cell.click()
    assert page.locator("#records-count").inner_text() == f"{n} records"
    assert page.locator("#records-list button").count() == n
    assert page.locator("#records-list .tag").first.inner_text() == "evicted"
    fact = page.locator("#talk .fact").first
    assert "evicted" in fact.get_attribute("class")
    assert "says the fact, evicted: not sent" in fact.locator(".role").inner_text()
    expected = page.locator("#record dd").nth(1).inner_text()
    assert fact.locator("mark").inner_text() == expected
    assert page.locator("#talk .ask").is_visible()
    assert "null" not in page.locator("main").inner_text()


def test_a_script_in_a_reply_is_shown_as_text(opened):
    page = opened().page
    replies = []
    for cell in page.locator("#heat-plots g[data-cell^='0|']").all():
        cell.click()
        for row in page.locator("#records-list button[data-record]").all():
            row.click()
            replies.append(page.locator("#reply").inner_text())
    assert any(SCRIPT in reply for reply in replies)
    assert any("</script><img src=x" in reply for reply in replies)
    assert page.evaluate("window.hacked === undefined")


def test_the_keyboard_reaches_a_point_and_opens_its_records(opened):
    page = opened().page
    points = page.locator(POINTS)
    points.first.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.dataset.n") == points.nth(1).get_attribute(
        "data-n"
    )
    assert page.locator("#tip").inner_text().count("\n") == 2
    n = points.nth(1).get_attribute("data-n")
    page.keyboard.press("Enter")
    assert page.locator("#records-count").inner_text() == f"{n} records"
    assert page.evaluate("document.activeElement.matches('#records-list button')")


def test_every_control_has_a_name_and_shows_its_focus(opened):
    page = opened().page
    unnamed = page.evaluate(
        "[...document.querySelectorAll('button, [role=button], a, summary')]"
        ".filter(one => !(one.getAttribute('aria-label') || one.textContent).trim()).length"
    )
    assert unnamed == 0
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_outcomes_of_a_step_add_up_to_its_probes(opened):
    page = opened().page
    stacked = sum(n for (n,) in attributes(page, "#outcome-plots g[data-who]", "n"))
    assert stacked == sum(n for (n,) in attributes(page, POINTS, "n"))


def test_a_phone_shows_all_of_it_without_scrolling_sideways(opened, tmp_path):
    page = opened(390, 844).page
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390
    smallest = page.evaluate(
        "Math.min(...[...document.querySelectorAll('#filters button, #records-list button')]"
        ".map(one => one.getBoundingClientRect().height).filter(Boolean))"
    )
    assert smallest >= 24
    page.screenshot(path=tmp_path / "phone.png", full_page=True)
    assert (tmp_path / "phone.png").stat().st_size > 50_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_contrast_by_day_and_by_night(opened, scheme):
    page = opened(color_scheme=scheme).page

    def luminance(colour):
        parts = [int(x) / 255 for x in re.findall(r"\d+", colour)[:3]]
        r, g, b = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    paper = luminance(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert (paper < 0.1) == (scheme == "dark")
    for selector in ("body", ".note", ".dim", "summary", ".sentence"):
        ink = luminance(
            page.evaluate(f"getComputedStyle(document.querySelector('{selector}')).color")
        )
        light, dark = max(ink, paper), min(ink, paper)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, selector


def test_on_paper_there_are_figures_and_tables_but_no_filters(opened):
    page = opened().page
    page.emulate_media(media="print")
    assert not page.locator("#filters").is_visible()
    assert page.locator("#curve-plots svg").first.is_visible()
    assert page.locator("#controls table").first.is_visible()
    assert page.locator("#methods").is_visible()
