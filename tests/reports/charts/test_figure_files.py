from __future__ import annotations

import dataclasses
import json
import re
import struct
import sys
import xml.etree.ElementTree as ET
from importlib import resources
from typing import TYPE_CHECKING

import pytest

from harness.analysis.records import from_records
from harness.analysis.summary.build import summarise
from harness.core.errors import UsageError
from harness.reports import render
from harness.reports.charts.figure_files import draw
from harness.reports.charts.figure_style import COLOURS, FEW, RAMP, series_names
from harness.reports.charts.layout import Layout
from tests.support.records import failed, make_record

if TYPE_CHECKING:
    from pathlib import Path

    from harness.analysis.summary.model import Summary

pytest.importorskip("altair")
pytest.importorskip("vl_convert")


def words(path: Path) -> str:
    root = ET.fromstring(path.read_text(encoding="utf-8"))  # noqa: S314 - our own drawing
    return "\n".join("".join(element.itertext()) for element in root.iter() if element.tag.endswith("text"))  # fmt: skip  # noqa: E501


@pytest.fixture(scope="module")
def curve_words(summary: Summary, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("drawn") / "curve.svg"
    render(summary, from_records([]), path)
    return words(path)


@pytest.mark.parametrize("name", ["curve.png", "heatmap.png"])
def test_pictures_are_large_enough_to_read(summary: Summary, tmp_path: Path, name: str) -> None:
    render(summary, from_records([]), tmp_path / name)
    head = (tmp_path / name).read_bytes()[:24]
    assert head.startswith(b"\x89PNG")
    assert min(struct.unpack(">II", head[16:])) > 500


def test_the_curve_says_its_units_its_n_its_dates_and_its_onset(curve_words: str) -> None:
    for expected in (
        "fill of the window (%)", "recall (%)", "onset 61 % (55–70)", "onset not reached",
        "onset cannot tell", "window of 8,192 tokens", "window of 32,768 tokens", "probes",
        "2026-01-02", "policy send_all",
    ):  # fmt: skip
        assert expected in curve_words


def test_names_are_shown_and_never_obeyed(curve_words: str) -> None:
    assert r"evil|model \x1b[31mred\x1b[0m <b>`*" in curve_words


def test_cells_of_the_heatmap_hold_their_value_and_n(summary: Summary, tmp_path: Path) -> None:
    render(summary, from_records([]), tmp_path / "my-Heatmap.svg")
    text = words(tmp_path / "my-Heatmap.svg")
    shares = [cell.share for group in summary.groups for cell in group.cells]
    assert {share.n < FEW for share in shares} == {True, False}
    for share in shares:
        value = f"{100 * share.recall:.0f}"
        assert (f"({value})" if share.n < FEW else value) in text.splitlines()
        assert f"n {share.n:,}" in text
    assert "start of session on top" in text


def test_the_same_summary_gives_the_same_bytes(summary: Summary, tmp_path: Path) -> None:
    for name in ("a.svg", "b.svg", "a.png", "b.png"):
        render(summary, from_records([]), tmp_path / name)
    for suffix in ("svg", "png"):
        assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()


def test_series_differ_in_colour_dash_and_shape(summary: Summary) -> None:
    scales = {}

    def walk(node: object) -> None:
        if isinstance(node, dict):
            for channel in ("color", "strokeDash", "shape"):
                found = node.get(channel)
                if isinstance(found, dict) and isinstance(found.get("scale"), dict):
                    scales[channel] = found["scale"].get("range")
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(draw(summary).to_dict())
    assert scales["color"] == list(COLOURS[:3])
    assert len({str(dash) for dash in scales["strokeDash"]}) == 3
    assert len(set(scales["shape"])) == 3


@pytest.mark.parametrize("name", ["altair", "vl_convert"])
def test_without_the_charts_extra_it_says_what_to_install(
    summary: Summary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(UsageError, match=r"pip install 'session-harness\[charts\]'"):
        render(summary, from_records([]), tmp_path / "curve.png")


def test_an_unknown_kind_of_figure_is_named(summary: Summary) -> None:
    with pytest.raises(UsageError, match="'pie'; known: curve, heatmap, carried, survival"):
        draw(summary, "pie")


def test_nothing_to_draw_is_said() -> None:
    summary = summarise(from_records([failed()]))
    with pytest.raises(UsageError, match="nothing to draw: no probe of the main arm has a score"):
        draw(summary)


def test_one_probe_is_drawn() -> None:
    assert draw(summarise(from_records([make_record()]))).to_dict()


def two(summary: Summary, **changes: object) -> Summary:
    """The first group twice, the second one with some changes."""
    group = summary.groups[2]
    group = dataclasses.replace(group, run=None)
    return dataclasses.replace(summary, groups=(group, dataclasses.replace(group, **changes)))


def test_runs_that_are_pooled_for_some_models_only_leave_no_comma_behind(summary: Summary) -> None:
    found = series_names(
        two(summary, run="20260102T030405Z_demo_abcdef", model="b", name="b").groups
    )
    assert found == ["fading?onset=0.6", "b, 2026-01-02 abcdef"]


def test_every_panel_names_every_series_that_it_holds(summary: Summary, tmp_path: Path) -> None:
    both = two(summary, name="another/name")
    render(both, from_records([]), tmp_path / "curve.svg")
    text = words(tmp_path / "curve.svg").splitlines()
    assert "fading?onset=0.6" in text
    assert "another/name" in text
    assert text.count("onset 61 % (55–70)") == 2


def test_a_curve_that_lies_on_another_is_drawn_beside_it(summary: Summary) -> None:
    def lines(of: Summary) -> dict[str, list[float]]:
        found: dict[str, list[float]] = {}
        for rows in re.findall(r"\[[^\[\]]*\"drawn\"[^\[\]]*\]", json.dumps(draw(of).to_dict())):
            for row in json.loads(rows):
                found.setdefault(row["series"], []).append(row["drawn"])
        return found

    alike = lines(two(summary, name="other"))
    a, b = alike["fading?onset=0.6"], alike["other"]
    assert all(x != y for x, y in zip(a, b, strict=True))
    assert max(abs(x - y) for x, y in zip(a, b, strict=True)) < 2
    onset = dataclasses.replace(summary.groups[2].onset, curve=summary.groups[0].onset.curve)
    apart = lines(two(summary, name="other", onset=onset))
    assert apart["fading?onset=0.6"] == [100 * p.recall for p in summary.groups[2].onset.curve]


def test_the_page_and_the_pictures_have_the_same_colours() -> None:
    style = resources.files("harness.reports.html").joinpath("page.css").read_text("utf-8")
    light = style.partition("@media")[0]
    assert tuple(re.findall(r"--s\d: (#[0-9a-f]{6});", light)) == COLOURS
    assert len(RAMP) == 12


@pytest.fixture(scope="module")
def column(summary: Summary, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Figures for a column of 84 mm, without a caption."""
    folder = tmp_path_factory.mktemp("column")
    figure = Layout(width_mm=84.0, caption=False, font="Liberation Serif")
    for name in ("curve.svg", "curve.pdf", "curve.png", "heatmap.svg"):
        layout = figure if name.endswith("svg") else dataclasses.replace(figure, font=None)
        render(summary, from_records([]), folder / name, figure=layout)
    return folder


def test_a_figure_is_as_wide_as_its_column_in_each_form(column: Path) -> None:
    box = re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+)", (column / "curve.pdf").read_bytes())
    assert float(box[1]) == pytest.approx(84 * 72 / 25.4, abs=0.1)
    wide, _ = struct.unpack(">II", (column / "curve.png").read_bytes()[16:24])
    assert wide == pytest.approx(84 / 25.4 * 300, abs=2)
    for name in ("curve.svg", "heatmap.svg"):
        assert 'width="84.00mm"' in (column / name).read_text(encoding="utf-8")[:400]


@pytest.mark.parametrize("name", ["curve.svg", "heatmap.svg"])
def test_in_a_column_words_are_of_the_size_of_its_text(column: Path, name: str) -> None:
    text = (column / name).read_text(encoding="utf-8")
    drawn = float(re.search(r'viewBox="0 0 ([\d.]+)', text)[1])
    assert drawn == pytest.approx(84 * 96 / 25.4, abs=0.01), "nothing is scaled"
    sizes = sorted(float(size) * 0.75 for size in re.findall(r'font-size="([\d.]+)px"', text))
    assert sizes[len(sizes) // 2] >= 5
    assert sum(size >= 6.99 for size in sizes) >= 15
    assert 'font-family="Liberation Serif"' in text


@pytest.mark.parametrize("kind", ["curve", "heatmap"])
@pytest.mark.parametrize("mm", [84.0, 174.0])
def test_what_is_drawn_for_a_column_fits_into_it(summary: Summary, kind: str, mm: float) -> None:
    import vl_convert

    chart = draw(summary, kind, Layout(width_mm=mm, caption=False))
    text = vl_convert.vegalite_to_svg(chart.to_json())
    assert float(re.search(r'viewBox="0 0 ([\d.]+)', text)[1]) <= mm * 96 / 25.4 + 5


def test_without_a_caption_the_names_and_units_stay(column: Path) -> None:
    text = words(column / "curve.svg")
    assert "Recall as a session fills" not in text
    assert "recall (%)" in text
    assert "fading?onset=0.6" in text
    assert "onset 61 % (55–70)" in text


def test_a_font_that_is_not_there_is_named_and_not_replaced(
    summary: Summary, tmp_path: Path
) -> None:
    figure = Layout(font="No Such Face")
    with pytest.raises(UsageError, match="the font 'No Such Face' is not installed here"):
        render(summary, from_records([]), tmp_path / "curve.pdf", figure=figure)
    assert not (tmp_path / "curve.pdf").exists()
    render(summary, from_records([]), tmp_path / "curve.svg", figure=figure)
