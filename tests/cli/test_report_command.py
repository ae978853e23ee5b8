from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from harness.core.record import to_json
from tests.support.command import harness
from tests.support.records import simulated_run

if TYPE_CHECKING:
    from pathlib import Path


RUN = "20260102T030405Z_demo_0002"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs of one study on two days."""
    folder = tmp_path_factory.mktemp("results")
    for day, recall in ((2, 0.97), (9, 0.5)):
        name = f"202601{day:02d}T030405Z_demo_{day:04d}"
        records = simulated_run(
            lambda fill, recall=recall: 0.97 if fill < 0.5 else recall,
            run_id=name,
            started_at=f"2026-01-{day:02d}T03:04:05+00:00",
        )
        (folder / name).mkdir()
        lines = "".join(
            json.dumps(to_json(one), separators=(",", ":"), default=list) + "\n" for one in records
        )
        (folder / name / "records.jsonl").write_text(lines, encoding="utf-8")
        (folder / name / "run.json").write_text('{"schema": 1}', encoding="utf-8")
    return folder


def test_several_runs_are_told_apart_and_the_newest_is_compared(results: Path) -> None:
    found = harness("report", "0002", "0009", "--out", results)
    assert found.code == 0, found.err
    assert "the newest run against those before it" in found.out
    assert "run 20260102T030405Z_demo_0002" in found.out


def test_pooled_runs_are_one(results: Path) -> None:
    found = harness("report", "0002", "0009", "--pool", "--out", results)
    assert found.code == 0, found.err
    assert found.out.count("── reference/fading?onset=0.6 ──") == 1


def test_the_page_holds_both_runs_with_their_days(results: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    found = harness("report", "0002", "0009", "--out", results, "-o", page)
    assert (found.code, found.out) == (0, f"{page}\n"), found.err
    text = page.read_text(encoding="utf-8")
    for words in ("Over time", '<td class="day">2026-01-02</td>', "against those before it"):
        assert words in text


@pytest.mark.parametrize("option", [("--width", "84mm"), ("--font", "Arial"), ("--no-caption",)])
def test_what_is_asked_of_figures_needs_one(
    results: Path, tmp_path: Path, option: tuple[str]
) -> None:
    result = harness("report", results / RUN, "-o", tmp_path / "report.md", *option)
    assert result.code == 4
    assert "are of figures; add one: -o curve.pdf" in result.err
    assert not (tmp_path / "report.md").exists()


def test_a_font_is_a_name_and_no_markup(results: Path, tmp_path: Path) -> None:
    result = harness("report", results / RUN, "-o", tmp_path / "curve.svg", "--font", '"><script>')
    assert result.code == 4
    assert "give the name of one font, such as 'Times New Roman'" in result.err


def test_a_figure_for_a_column_and_a_table_for_the_paper(results: Path, tmp_path: Path) -> None:
    made = [tmp_path / "curve.svg", tmp_path / "table.tex"]
    result = harness(
        "report", results / RUN, "-o", made[0], "-o", made[1], "--width", "84mm", "--no-caption"
    )
    assert result.code == 0, result.err
    assert 'width="84.00mm"' in made[0].read_text(encoding="utf-8")
    assert r"\begin{tabular}" in made[1].read_text(encoding="utf-8")
