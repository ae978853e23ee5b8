from __future__ import annotations

import csv
import io
import json
import random
import re
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.analysis.records import from_records
from harness.analysis.summary.build import summarise
from harness.core.errors import UsageError
from harness.reports import render, renderers
from harness.reports.format import width
from harness.reports.sections.hints import hints
from harness.reports.terminal import terminal
from harness.reports.terminal_style import TerminalStyle
from harness.runs.folder.record_columns import SCHEMA
from tests.support.records import failed, make_record, simulated_run

if TYPE_CHECKING:
    from pathlib import Path

    from harness.analysis.summary.model import Summary
    from harness.core.record import Record


def written(summary: Summary, records: list[Record], folder: Path, name: str) -> str:
    render(summary, from_records(records), folder / name)
    return (folder / name).read_text(encoding="utf-8")


def test_the_terminal_fits_eighty_columns_and_holds_nothing_to_obey(summary: Summary) -> None:
    report = terminal(summary)
    assert max(width(line) for line in report.splitlines()) <= 80
    assert "\x1b" not in report
    assert r"evil|model \x1b[31mred" in report


@settings(max_examples=25, deadline=None)
@given(name=st.text(min_size=1, max_size=60), policy=st.text(min_size=1, max_size=30))
def test_no_name_breaks_the_terminal_or_a_table(name: str, policy: str) -> None:
    name, policy = (text.encode("utf-8", "replace").decode() for text in (name, policy))
    summary = summarise(from_records([make_record(model=name, policy=policy)]))
    report = terminal(summary)
    assert all(char == "\n" or char.isprintable() for char in report)
    assert max(width(line) for line in report.split("\n")) <= 80


def test_wide_letters_count_twice() -> None:
    name = "模型" * 60
    report = terminal(summarise(from_records([make_record(model=name, policy=name, memory=name)])))
    assert max(width(line) for line in report.splitlines()) <= 80


@pytest.mark.parametrize("columns", [60, 75, 80, 110, 200])
def test_no_line_is_wider_than_the_terminal(summary: Summary, columns: int) -> None:
    report = terminal(summary, (), TerminalStyle(columns))
    assert max(width(line) for line in report.splitlines()) <= columns


def test_the_answer_stands_in_the_first_ten_lines() -> None:
    records = simulated_run(lambda x: 1.0 if x < 0.6 else 0.4, seeds=12)
    top = terminal(summarise(from_records(records))).splitlines()[:10]
    (row,) = (line for line in top if "(" in line and "8,192" in line)
    assert row.split()[:4] == ["fading?onset=0.6", "8,192", "100", "%"]
    assert any(line.startswith("fading?onset=0.6: forgetting begins at") for line in top)


def test_colours_change_no_word_of_the_report(summary: Summary) -> None:
    colored = terminal(summary, (), TerminalStyle(80, color=True))
    assert "\x1b[" in colored
    bare = re.sub(r"\x1b\[[0-9;]*m", "", colored)
    assert [line.rstrip() for line in bare.splitlines()] == terminal(summary).splitlines()


def test_every_option_of_a_law_can_be_read_in_a_narrow_column() -> None:
    name = "reference/fading?limit=8000&onset=0.6"
    top = terminal(summarise(from_records([make_record(model=name)]))).split("\n\n")[0]
    first = [line.split()[0] for line in top.splitlines()[3:]]
    assert "".join(first[:2]) == "fading?limit=8000&onset=0.6"


def test_a_wide_terminal_has_each_row_on_one_line(summary: Summary) -> None:
    table, _ = terminal(summary, (), TerminalStyle(200)).split("\n\n", 1)
    assert len(table.splitlines()) == 2 + len(summary.groups)


def test_the_terminal_marks_the_onset_in_the_bin_that_holds_it(summary: Summary) -> None:
    marked = [line.split() for line in terminal(summary).splitlines() if "◄ onset" in line]
    assert [line[0] for line in marked] == ["60–70"]


def test_names_cannot_break_a_markdown_table(
    summary: Summary, records: list[Record], tmp_path: Path
) -> None:
    report = written(summary, records, tmp_path, "report.md")
    rows = [line for line in report.splitlines() if line.startswith("| evil")]
    assert rows
    assert "evil\\|model" in rows[0]
    assert "<b>" not in report.replace("\\<b\\>", "")
    widths = {row.replace("\\|", "").count("|") for row in rows[:1]}
    assert widths == {11}


def test_the_json_report_has_a_version_and_no_nan(
    summary: Summary, records: list[Record], tmp_path: Path
) -> None:
    data = json.loads(written(summary, records, tmp_path, "report.json"))
    assert data["schema"] == 1
    assert data["groups"][2]["onset"]["message"].startswith("forgetting begins at 61.3 %")
    assert data["groups"][0]["onset"]["onset"] is None
    assert "posterior" not in data["groups"][2]["onset"]


def test_the_csv_report_has_every_point_of_every_curve(
    summary: Summary, records: list[Record], tmp_path: Path
) -> None:
    rows = list(csv.DictReader(io.StringIO(written(summary, records, tmp_path, "curve.csv"))))
    expected = sum(
        len(group.by_fill) + len(group.by_position) + len(group.by_gap) for group in summary.groups
    )
    assert len(rows) == expected
    assert rows[0]["model"].startswith("evil|model \x1b[31mred")


def test_parquet_holds_the_records_themselves(
    summary: Summary, records: list[Record], tmp_path: Path
) -> None:
    frame = from_records(records)
    render(summary, frame.lazy(), tmp_path / "records.parquet")
    table = pl.read_parquet(tmp_path / "records.parquet")
    assert table.schema == SCHEMA
    assert table.equals(frame)


@pytest.mark.parametrize("name", ["report.md", "report.json", "curve.csv", "report.txt"])
def test_order_and_repetition_do_not_change_a_byte(tmp_path: Path, name: str) -> None:
    records = [*simulated_run(seeds=6), failed()]
    shuffled = list(records)
    random.Random(7).shuffle(shuffled)
    for folder, some in (("a", records), ("b", shuffled)):
        (tmp_path / folder).mkdir()
        frame = from_records(some)
        render(summarise(frame), frame, tmp_path / folder / name)
    assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@pytest.mark.parametrize("name", ["report.docx", "report.xlsx", "report"])
def test_an_unknown_suffix_says_which_are_known(
    summary: Summary, tmp_path: Path, name: str
) -> None:
    expected = (
        r"no report ends in .*known suffixes: \.csv, \.html, \.json, \.md, \.parquet, \.pdf,"
        r" \.png, \.svg, \.tex, \.txt"
    )
    with pytest.raises(UsageError, match=expected):
        render(summary, from_records([]), tmp_path / name)


def test_a_misspelt_suffix_names_the_nearest(summary: Summary, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no report ends in '\.jsn'; did you mean 'json'\?"):
        render(summary, from_records([]), tmp_path / "report.jsn")


def test_a_folder_that_does_not_exist_is_named(summary: Summary, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"the folder '.*none' does not exist; make it first"):
        render(summary, from_records([]), tmp_path / "none" / "report.md")


def test_a_report_that_fails_leaves_the_old_one_and_no_scraps(
    summary: Summary, tmp_path: Path
) -> None:
    path = tmp_path / "records.parquet"
    path.write_text("old")
    with pytest.raises(pl.exceptions.ColumnNotFoundError):
        render(summary, pl.DataFrame({"nothing": [1]}), path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_renderers_are_known_by_their_suffix() -> None:
    assert renderers.names() == (
        "csv",
        "html",
        "json",
        "md",
        "parquet",
        "pdf",
        "png",
        "svg",
        "tex",
        "txt",
    )


def test_hints_name_what_the_report_lacks(summary: Summary) -> None:
    text = "\n".join(hints(summary))
    for words in (
        "never told", "without filler", "3 probes failed", "more sessions", "price of some calls",
        "nearly empty window", "-o report.html",
    ):  # fmt: skip
        assert words in text


def test_a_run_that_stops_short_of_the_ceiling_is_told_to_go_on() -> None:
    records = [r for r in simulated_run(lambda _: 1.0, seeds=12) if r.fill < 0.6]
    assert "go nearer the ceiling" in "\n".join(hints(summarise(from_records(records))))


def test_a_wide_interval_is_told_how_to_narrow_it() -> None:
    records = simulated_run(lambda x: 0.95 - 0.6 * max(0.0, x - 0.4), seeds=20)
    summary = summarise(from_records(records))
    assert summary.groups[0].onset.detected
    assert "--adaptive --half-width" in "\n".join(hints(summary))
