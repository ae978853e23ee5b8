from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from harness.analysis.records import (
    collect,
    from_records,
    read_records,
    read_runs,
    write_parquet,
)
from harness.core.errors import FileError, NothingSelectedError, UsageError
from harness.core.record import FIELDS, Record, to_json
from harness.runs.folder.record_columns import SCHEMA
from harness.runs.meter.amend import Settlement
from tests.support.records import failed, make_record, missed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path


def lines(records: Iterable[Record]) -> str:
    return "".join(json.dumps(to_json(record)) + "\n" for record in records)


def run_folder(root: Path, name: str, records: Iterable[Record]) -> Path:
    folder = root / name
    folder.mkdir()
    (folder / "records.jsonl").write_text(lines(records))
    return folder


RECORDS = [
    make_record(expected=("dry", "tender"), view=((0, 3), (5, 9)), planted=("dry",)),
    missed(fill=0.9, score=0.25),
    failed(fill=0.7),
]


def test_the_schema_names_every_field_of_a_record_in_its_order() -> None:
    assert tuple(SCHEMA) == FIELDS == tuple(field.name for field in fields(Record))


def test_records_in_memory_and_on_disk_give_the_same_frame(tmp_path: Path) -> None:
    folder = run_folder(tmp_path, "one", RECORDS)
    frame = read_records(folder).collect()
    assert frame.schema == SCHEMA
    assert frame.equals(from_records(RECORDS))
    assert frame["view"].to_list()[0] == [[0, 3], [5, 9]]
    assert frame["score"].to_list() == [1.0, 0.25, None]


def test_records_that_a_run_writes_while_it_is_read_wait_for_the_next_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_run = [replace(record, provisional=True) for record in RECORDS]
    folder = run_folder(tmp_path, "open", open_run)

    class Overtaken(Settlement):
        def __init__(self, records: Iterable[Mapping[str, Any]]) -> None:
            super().__init__(records)
            with (folder / "records.jsonl").open("a") as file:
                file.write(lines(open_run))

    monkeypatch.setattr("harness.analysis.record_scan.Settlement", Overtaken)
    assert read_records(folder).collect().height == len(RECORDS)


def test_a_torn_last_line_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    path.write_text(lines(RECORDS) + lines(RECORDS)[:40])
    assert read_records(path).collect().equals(from_records(RECORDS))


def test_a_last_line_without_newline_is_torn_even_where_it_would_parse(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    path.write_text(lines(RECORDS).removesuffix("\n"))
    assert read_records(path).collect().height == 2


@pytest.mark.parametrize("text", ["", '{"schema": 2, "ke'])
def test_a_file_without_a_whole_line_gives_an_empty_frame(tmp_path: Path, text: str) -> None:
    path = tmp_path / "records.jsonl"
    path.write_text(text)
    frame = read_records(path).collect()
    assert frame.is_empty()
    assert frame.schema == SCHEMA


def test_no_paths_give_an_empty_frame() -> None:
    assert read_records([]).collect().schema == SCHEMA


@pytest.mark.parametrize("torn", [False, True])
def test_fields_of_later_versions_are_ignored_and_missing_ones_are_null(
    tmp_path: Path, *, torn: bool
) -> None:
    data = to_json(RECORDS[0]) | {"mood": {"happy": 1}}
    del data["why"]
    path = tmp_path / "records.jsonl"
    path.write_text(json.dumps(data) + "\n" + ("{" if torn else ""))
    frame = read_records(path).collect()
    assert frame.columns == list(SCHEMA)
    assert frame["why"].to_list() == [None]


def test_a_field_that_is_null_for_a_hundred_rows_keeps_its_type(tmp_path: Path) -> None:
    rows = [make_record(seed=i, key=str(i)) for i in range(150)] + [failed(seed=999)]
    frame = read_records(run_folder(tmp_path, "one", rows)).collect()
    assert frame["error"].null_count() == 150
    assert frame["error"][150] == "timeout: no answer in 60 s"


def test_a_file_met_twice_is_read_once(tmp_path: Path) -> None:
    folder = run_folder(tmp_path, "one", RECORDS)
    (tmp_path / "latest").symlink_to(folder)
    frame = read_records([folder, folder / "records.jsonl", tmp_path / "latest"])
    assert frame.collect().height == 3


def test_a_glob_reads_every_run_and_passes_over_the_rest(tmp_path: Path) -> None:
    run_folder(tmp_path, "one", RECORDS)
    run_folder(tmp_path, "two", [make_record(run_id="other")])
    (tmp_path / "baselines").mkdir()
    frame = read_runs(f"{tmp_path}/*").collect()
    assert sorted(frame["run_id"].unique()) == ["20260102T030405Z_demo_0001", "other"]


def test_a_glob_without_runs_says_where_to_look(tmp_path: Path) -> None:
    with pytest.raises(NothingSelectedError, match=r"matches no run folder .* `harness ls`"):
        read_runs(f"{tmp_path}/*")


def test_a_path_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere' does not exist; expected a run folder"):
        read_records(tmp_path / "nowhere")


def test_a_folder_without_records_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"holds no records\.jsonl; expected a run folder"):
        read_records(tmp_path)


@pytest.mark.parametrize("order", [(2, 7), (7, 2), (2, 7, 2)])
def test_records_of_another_version_are_refused_by_name(
    tmp_path: Path, order: tuple[int, ...]
) -> None:
    path = tmp_path / "records.jsonl"
    path.write_text(lines(make_record(schema=version) for version in order))
    expected = r"records\.jsonl: records of version 7, but this harness reads version 2"
    with pytest.raises(UsageError, match=expected):
        read_records(path)


@pytest.mark.parametrize("line", ["[1, 2]", "{}", "hello"])
def test_a_first_line_that_is_no_record_is_named_with_its_place(tmp_path: Path, line: str) -> None:
    path = tmp_path / "records.jsonl"
    path.write_text(f"{line}\n" + lines(RECORDS))
    expected = r"records\.jsonl:1: this line is not a record of session-harness"
    with pytest.raises(FileError, match=expected):
        read_records(path)


def test_the_last_line_is_found_behind_a_very_long_one(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    long = make_record(reply="x" * 300_000, schema=9)
    path.write_text(lines([*RECORDS, long]))
    with pytest.raises(UsageError, match="version 9"):
        read_records(path)


def test_a_line_in_the_middle_that_is_no_record_is_named_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    path.write_text(lines(RECORDS) + "{bad\n" + lines(RECORDS))
    with pytest.raises(FileError, match=r"records\.jsonl:4: this line is not a record"):
        read_records(path)


@pytest.mark.parametrize("size", [1, 2, 6, 64])
def test_every_line_is_looked_at_whatever_is_read_in_one_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr("harness.analysis.record_lines._AT_ONCE", size)
    path = tmp_path / "records.jsonl"
    compact = lines(RECORDS).replace(": ", ":", 1)  # the first line as a compact writer has it
    path.write_text(compact + lines(RECORDS) + '{"schema": 2, "ke')
    assert read_records(path).collect().height == 6
    path.write_text(compact + lines(RECORDS) + lines([make_record(schema=5)]))
    with pytest.raises(UsageError, match="version 5"):
        read_records(path)
    path.write_text(compact + lines(RECORDS) + "{bad\n")
    with pytest.raises(FileError, match=r"records\.jsonl:7: this line is not a record"):
        read_records(path)


def test_a_damaged_record_is_named_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    damaged = lines(RECORDS[:1]).replace('"key": ', '"key" ')
    path.write_text(lines(RECORDS) + damaged + lines(RECORDS))
    with pytest.raises(FileError, match=rf"{path}:4: not JSON"):
        read_records([run_folder(tmp_path, "good", RECORDS), path])


@pytest.mark.parametrize("torn", [False, True])
def test_a_record_that_is_damaged_after_the_file_was_looked_into_is_named_with_its_place(
    tmp_path: Path, *, torn: bool
) -> None:
    good = run_folder(tmp_path, "good", RECORDS)
    path = tmp_path / "records.jsonl"
    damaged = lines(RECORDS[:1]).replace('"key": ', '"key" ')
    end = "{" if torn else ""
    path.write_text(lines(RECORDS) + end)
    frame = read_records([good, path])
    path.write_text(damaged + lines(RECORDS) + end)
    with pytest.raises(FileError, match=rf"{path}:1: not JSON"):
        collect(frame.select("score"))
    with pytest.raises(FileError, match=rf"{path}:1: not JSON"):
        write_parquet(frame, tmp_path / "records.parquet")


def test_a_field_of_another_type_is_named_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    path.write_text(lines(RECORDS) + lines(RECORDS[:1]).replace('"seed": 0', '"seed": {}'))
    with pytest.raises(FileError, match=rf"{path}:4: not a record: 'seed' is an object"):
        read_records(path)


def test_parquet_holds_every_field(tmp_path: Path) -> None:
    frame = from_records(RECORDS)
    write_parquet(frame, tmp_path / "records.parquet")
    assert pl.read_parquet(tmp_path / "records.parquet").equals(frame)
