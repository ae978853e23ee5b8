"""A report says the same whatever its records are read from: lines, parts, or both."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import polars as pl
import pytest

from harness.analysis.records import collect, read_records, read_runs, write_parquet
from harness.analysis.summary.build import summarise
from harness.core.errors import FileError, UsageError
from harness.core.files import dump_line
from harness.core.record import to_json
from harness.reports.files.json_file import to_data
from harness.reports.markdown import markdown
from harness.reports.terminal import terminal
from harness.runs.folder import make_parts
from harness.runs.folder.layout import PARTS, RECORDS
from harness.runs.folder.reader import records as stored
from harness.runs.folder.writer import Store
from harness.runs.meter.amend import JUDGED, Settlement
from tests.support.records import failed, make_record, simulated_run

RUN = "20260102T030405Z_demo_0001"


def a_record(n, record):
    """As a run that goes on writes one, with all that readers may stumble over now and then."""
    own = {"run_id": RUN, "key": f"{n:032x}", "provisional": n % 5 > 0, "provider_tokens": 900}
    line = to_json(replace(record, **own))
    if n % 50 == 7:
        line |= {"later_field": {"a": [n]}, "fill": int(line["fill"])}
    if n % 50 == 8:
        line.pop("variant")
    if n % 50 == 9:
        line |= {"why": "half a pair \ud800"}
    return line


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """The same records as lines, in parts with a tail, and in parts alone; each run is over."""
    root = tmp_path_factory.mktemp("runs")
    lines = [dump_line(a_record(n, one)) for n, one in enumerate(some())]
    found = {name: root / name / RUN for name in ("lines", "parts", "open")}
    for name, folder in found.items():
        folder.mkdir(parents=True)
        (folder / RECORDS).write_bytes(b"".join(lines[:-1]))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(make_parts, "PART_RECORDS", 10_000 if name == "lines" else 100)
            with Store(folder) as store:
                store._records.append(json.loads(lines[-1]))
                store._parts.note(len(lines[-1]))
                store._take_out()
                if name != "open":
                    settlement = Settlement(stored(folder))
                    store.settle(settlement.changes, JUDGED)
    assert len(list((found["parts"] / PARTS).iterdir())) == 4
    return found


def some():
    return [*simulated_run(seeds=6, each=40), *(failed(key=f"e{n}") for n in range(9))]


def told(folder):
    summary = summarise(read_records(folder), apart=True)
    return [terminal(summary), markdown(summary), json.dumps(to_data(summary))]


def rows(folder):
    return collect(read_records(folder)).sort("key")


def test_parts_and_lines_give_the_same_rows_and_the_same_report_byte_for_byte(folders):
    assert rows(folders["parts"]).equals(rows(folders["lines"]))
    assert told(folders["parts"]) == told(folders["lines"])
    assert len(told(folders["parts"])[0]) > 500


def test_records_of_a_run_that_goes_on_are_settled_when_they_are_read(folders):
    assert rows(folders["open"]).equals(rows(folders["lines"]))


def test_the_file_of_lines_of_a_run_with_parts_stands_for_the_whole_run(folders):
    folder = folders["parts"]
    whole = rows(folder)
    assert rows(folder / RECORDS).equals(whole)
    assert rows([folder, folder / RECORDS]).equals(whole)
    assert collect(read_runs(f"{folder.parent}/*")).height == whole.height


def test_a_report_reads_a_folder_in_which_only_parts_are_left(folders, tmp_path):
    folder = tmp_path / RUN
    shutil.copytree(folders["parts"], folder)
    left = len((folder / RECORDS).read_bytes().splitlines())
    (folder / RECORDS).unlink()
    whole = rows(folders["parts"])
    assert rows(folder).height == whole.height - left
    assert rows(folder / RECORDS).equals(rows(folder))
    assert collect(read_runs(f"{tmp_path}/*")).height == whole.height - left


def test_lines_that_stand_in_a_part_as_well_are_read_once(folders, tmp_path):
    folder = tmp_path / RUN
    shutil.copytree(folders["parts"], folder)
    held = [dump_line(one) for one in stored(folders["lines"])][100:]
    (folder / RECORDS).write_bytes(b"".join(held))
    assert rows(folder).equals(rows(folders["lines"]))


def test_all_rows_of_parts_go_into_one_parquet_file(folders, tmp_path):
    write_parquet(read_records(folders["parts"]), tmp_path / "all.parquet")
    assert pl.read_parquet(tmp_path / "all.parquet").sort("key").equals(rows(folders["lines"]))


def spoilt(folders, tmp_path):
    folder = tmp_path / RUN
    shutil.copytree(folders["parts"], folder)
    return folder, folder / PARTS / "000002.parquet"


def test_a_part_that_is_cut_short_is_told(folders, tmp_path):
    folder, path = spoilt(folders, tmp_path)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(FileError, match=r"000002.parquet: damaged, or no parquet"):
        read_records(folder)


def test_a_part_that_is_damaged_inside_is_told_by_its_name(folders, tmp_path):
    folder, path = spoilt(folders, tmp_path)
    body = bytearray(path.read_bytes())
    body[4:4_000] = bytes(3_996)
    path.write_bytes(body)
    with pytest.raises(FileError, match=r"000002.parquet: damaged, or no parquet"):
        rows(folder)


def test_a_part_with_rows_that_are_no_records_is_told(folders, tmp_path):
    folder, path = spoilt(folders, tmp_path)
    notes = {"session-harness": pl.read_parquet_metadata(path)["session-harness"]}
    hollow = pl.when(pl.int_range(pl.len()) > 0).then("session").alias("session")
    pl.read_parquet(path).with_columns(hollow).write_parquet(path, metadata=notes)
    with pytest.raises(FileError, match=r"000002.parquet: .* records: 1 rows lack"):
        read_records(folder)


def test_a_part_of_another_version_is_told(folders, tmp_path):
    folder, path = spoilt(folders, tmp_path)
    notes = json.loads(pl.read_parquet_metadata(path)["session-harness"]) | {"record_schema": 3}
    pl.read_parquet(path).write_parquet(path, metadata={"session-harness": json.dumps(notes)})
    with pytest.raises(UsageError, match="of records of version 3, but this harness reads"):
        read_records(folder)


def test_lists_of_numbers_come_back_from_lines_as_they_are_in_memory(tmp_path):
    rows = [
        to_json(make_record(key=f"{n:032x}"))
        | {"view": view, "plant_messages": flat, "kind_tokens": flat}
        for n, (view, flat) in enumerate([
            ([], []), ([[0, 44]], [7]), ([[-1, 2**62], [3, 4], []], [0, -(2**62), 5]),
        ])
    ]  # fmt: skip
    path = tmp_path / RECORDS
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    for torn in ("", '{"torn'):
        path.write_text(path.read_text("utf-8") + torn, encoding="utf-8")
        found = collect(read_records(path)).sort("key")
        for name in ("view", "plant_messages", "kind_tokens"):
            assert found[name].to_list() == [row[name] for row in rows]
    assert dict(found.schema) == dict(read_records(path).collect_schema())
