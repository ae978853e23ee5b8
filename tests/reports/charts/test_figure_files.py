from __future__ import annotations

import struct
import sys
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest

from harness.analysis.records import from_records
from harness.analysis.summary.build import summarise
from harness.core.errors import UsageError
from harness.reports import render
from harness.reports.charts.curve import COLOURS
from harness.reports.charts.figure_files import draw
from tests.support.records import failed, make_record

if TYPE_CHECKING:
    from pathlib import Path

    from harness.analysis.summary.model import Summary

pytest.importorskip("altair")
pytest.importorskip("vl_convert")


def words(path: Path) -> str:
    root = ET.fromstring(path.read_text(encoding="utf-8"))  # noqa: S314 - our own drawing
    return "\n".join("".join(element.itertext()) for element in root.iter() if element.tag.endswith("text"))  # fmt: skip  # noqa: E501


@pytest.mark.parametrize("name", ["curve.png", "heatmap.png"])
def test_pictures_are_large_enough_to_read(summary: Summary, tmp_path: Path, name: str) -> None:
    render(summary, from_records([]), tmp_path / name)
    head = (tmp_path / name).read_bytes()[:24]
    assert head.startswith(b"\x89PNG")
    assert min(struct.unpack(">II", head[16:])) > 500


def test_the_curve_says_its_units_its_n_its_dates_and_its_onset(
    summary: Summary, tmp_path: Path
) -> None:
    render(summary, from_records([]), tmp_path / "curve.svg")
    text = words(tmp_path / "curve.svg")
    for expected in (
        "fill of the window (%)", "recall (%)", "onset: 61 % (55–70)", "onset: not reached",
        "onset: cannot tell", "window of 8,192 tokens", "window of 32,768 tokens", "probes",
        "2026-01-02", "policy send_all",
    ):  # fmt: skip
        assert expected in text


def test_names_are_shown_and_never_obeyed(summary: Summary, tmp_path: Path) -> None:
    render(summary, from_records([]), tmp_path / "curve.svg")
    assert r"evil|model \x1b[31mred\x1b[0m <b>`*" in words(tmp_path / "curve.svg")


def test_cells_of_the_heatmap_hold_their_value_and_n(summary: Summary, tmp_path: Path) -> None:
    render(summary, from_records([]), tmp_path / "my-Heatmap.svg")
    text = words(tmp_path / "my-Heatmap.svg")
    group = summary.groups[2]
    share = group.cells[0].share
    assert f"{100 * share.recall:.0f}" in text
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
    with pytest.raises(UsageError, match="no figure of kind 'pie'; known: curve, heatmap, carried"):
        draw(summary, "pie")


def test_nothing_to_draw_is_said() -> None:
    summary = summarise(from_records([failed()]))
    with pytest.raises(UsageError, match="nothing to draw: no probe of the main arm has a score"):
        draw(summary)


def test_one_probe_is_drawn() -> None:
    assert draw(summarise(from_records([make_record()]))).to_dict()
