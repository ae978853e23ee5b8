from __future__ import annotations

import json
import os

import pytest

from harness.core.errors import FileError, IncompleteError, UsageError
from harness.core.files import dump_line
from harness.core.record import to_json
from harness.runs.folder import make_parts, record_files
from harness.runs.folder.layout import PARTS, RECORDS
from harness.runs.folder.reader import latest_records, lines, records
from harness.runs.folder.writer import Store
from tests.support.records import make_record


class Killed(BaseException):
    """The process is gone."""


@pytest.fixture(autouse=True)
def _short_parts(monkeypatch):
    monkeypatch.setattr(make_parts, "PART_RECORDS", 4)


def some(first, last):
    return [
        make_record(key=f"{n}", started_at=f"2026-01-02T00:00:{n:02d}") for n in range(first, last)
    ]


def append(folder, first, last):
    with Store(folder) as store:
        for record in some(first, last):
            store.append(record)


def keys(folder):
    return [int(record["key"]) for record in records(folder)]


def tail(folder):
    return [int(line["key"]) for line in lines(folder / RECORDS)]


def parts(folder):
    return sorted(path.name for path in (folder / PARTS).glob("*.parquet"))


def test_a_short_run_has_no_part(tmp_path):
    append(tmp_path, 0, 3)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".lock", "messages.jsonl", RECORDS,
    ]  # fmt: skip


def test_records_move_into_parts_while_a_run_goes_on_and_are_read_as_before(tmp_path):
    for first in range(0, 11, 5):
        append(tmp_path, first, first + 5)
    assert parts(tmp_path) == ["000001.parquet", "000002.parquet", "000003.parquet"]
    assert tail(tmp_path) == [12, 13, 14]
    assert [dump_line(one) for one in records(tmp_path)] == [
        dump_line(to_json(one)) for one in some(0, 15)
    ]
    assert next(records(tmp_path, ("key", "status"))) == {"key": "0", "status": "ok"}


def test_bytes_alone_make_a_part_too(tmp_path, monkeypatch):
    monkeypatch.setattr(make_parts, "PART_BYTES", 100)
    append(tmp_path, 0, 2)
    assert len(parts(tmp_path)) == 2
    assert keys(tmp_path) == [0, 1]


STEPS = [
    "before the part is written", "before it takes its place", "before the lines are copied",
    "before the tail is replaced", "after the tail is replaced",
]  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_between_any_two_steps_neither_loses_nor_doubles_a_record(
    tmp_path, monkeypatch, step
):
    append(tmp_path, 0, 3)
    replace, done = os.replace, []

    def replaced(beside, place):
        if step == ("before it takes its place", "before the tail is replaced")[bool(done)]:
            raise Killed
        done.append(place)
        replace(beside, place)
        if step == "after the tail is replaced" and len(done) > 1:
            raise Killed

    def killed(*_):
        raise Killed

    if step == "before the part is written":
        monkeypatch.setattr("harness.runs.folder.record_part.write_columns", killed)
    if step == "before the lines are copied":
        monkeypatch.setattr(make_parts, "cut_lines", killed)
    monkeypatch.setattr(os, "replace", replaced)
    store = Store(tmp_path)
    try:
        for record in some(3, 6):
            store.append(record)
        store._take_out()
    except Killed:
        pass
    appended = len(keys(tmp_path))  # it died with the fifth line or the sixth
    assert appended >= 4
    assert keys(tmp_path) == list(range(appended))
    store._lock.close()  # as the system does with what a process leaves behind
    store._records._file.close()
    store._messages._file.close()
    monkeypatch.undo()
    monkeypatch.setattr(make_parts, "PART_RECORDS", 4)
    append(tmp_path, appended, 10)
    assert keys(tmp_path) == list(range(10))
    held = 4 * len(parts(tmp_path))
    assert tail(tmp_path) == list(range(held, 10))
    assert not list((tmp_path / PARTS).glob(".*"))


def test_lines_that_a_part_holds_are_passed_over_however_many_of_them_are_still_there(tmp_path):
    append(tmp_path, 0, 9)
    whole = [dump_line(to_json(one)) for one in some(0, 9)]
    for start in (0, 4):  # begins as either part does
        for end in range(start + 1, 10):
            (tmp_path / RECORDS).write_bytes(b"".join(whole[start:end]))
            assert keys(tmp_path) == list(range(max(end, 8)))
            assert len(latest_records(tmp_path)) == max(end, 8)


def test_a_trial_that_was_asked_twice_is_still_there_twice(tmp_path):
    again = make_record(key="0", started_at="2026-01-03T00:00:00", status="ok")
    append(tmp_path, 0, 4)
    with Store(tmp_path) as store:
        store.append(again)
    assert keys(tmp_path) == [0, 1, 2, 3, 0]
    assert latest_records(tmp_path)["0"]["started_at"] == again.started_at


def test_lines_that_begin_as_a_part_and_go_on_otherwise_are_told(tmp_path):
    append(tmp_path, 0, 4)
    body = b"".join(dump_line(to_json(one)) for one in [*some(0, 3), *some(7, 8)])
    (tmp_path / RECORDS).write_bytes(body)
    with pytest.raises(FileError, match=r"jsonl:4: these lines begin as 000001.parquet does, and"):
        keys(tmp_path)


def test_a_part_that_is_missing_is_told(tmp_path):
    append(tmp_path, 0, 4)
    append(tmp_path, 4, 8)
    (tmp_path / PARTS / "000001.parquet").unlink()
    with pytest.raises(UsageError, match=r"000001.parquet is missing, though 000002.parquet is"):
        keys(tmp_path)


def test_a_file_that_is_called_as_no_part_is_told(tmp_path):
    append(tmp_path, 0, 4)
    (tmp_path / PARTS / "copy.parquet").write_bytes(b"")
    with pytest.raises(UsageError, match=r"copy.parquet: parts are called 000001.parquet, 000002"):
        keys(tmp_path)


def test_a_folder_in_which_only_parts_are_left_is_read(tmp_path):
    append(tmp_path, 0, 8)
    (tmp_path / RECORDS).unlink()
    assert keys(tmp_path) == list(range(8))
    append(tmp_path, 8, 9)
    assert keys(tmp_path) == list(range(9))


def test_a_reader_of_a_run_that_goes_on_looks_again_where_lines_have_moved_meanwhile(
    tmp_path, monkeypatch
):
    append(tmp_path, 0, 3)
    (tmp_path / PARTS).mkdir()
    look = record_files.part_paths

    def moved_meanwhile(folder):
        found = look(folder)
        monkeypatch.setattr(record_files, "part_paths", look)
        append(tmp_path, 3, 5)
        return found

    monkeypatch.setattr(record_files, "part_paths", moved_meanwhile)
    assert keys(tmp_path) == list(range(5))


def test_a_reader_keeps_what_it_began_to_read(tmp_path):
    append(tmp_path, 0, 3)
    reading = records(tmp_path)
    first = next(reading)
    append(tmp_path, 3, 5)
    assert [first["key"], *(one["key"] for one in reading)][:3] == ["0", "1", "2"]


def test_no_room_for_a_part_stops_the_run_with_a_sentence(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("harness.runs.folder.record_part.write_columns", full)
    told = r"records: No space left on device; what was recorded before is kept. Make room"
    with pytest.raises(IncompleteError, match=told):
        append(tmp_path, 0, 4)
    assert keys(tmp_path) == [0, 1, 2, 3]


def change(n, *, metered=True):
    told = {"fill": 0.25, "prompt_tokens": n, "usage_source": "provider", "outcome": "stale"}
    told |= {"server_truncated": True, "dropped": "start", "fact_dropped": True}
    return (
        (told if metered else {}) | {"provisional": False} | ({"counts": "apart"} if n % 2 else {})
    )


def test_what_a_run_tells_together_is_read_as_if_it_stood_in_each_record(tmp_path):
    """In parts and lines alike, and again when the run has gone on."""
    changes = [change(n, metered=n % 3 > 0) for n in range(11)]
    lined = tmp_path / "lines"
    lined.mkdir()
    for folder in (tmp_path, lined):
        with pytest.MonkeyPatch.context() as patch:
            if folder == lined:
                patch.setattr(make_parts, "PART_RECORDS", 1_000)
            for first, last in ((0, 5), (5, 7), (7, 11)):
                with Store(folder) as store:
                    for record in some(first, last):
                        store.append(record)
                    store.settle(lambda _, upto=last: iter(changes[:upto]), ())
    assert parts(tmp_path) == [
        "000001.parquet", "000001.settled.parquet", "000002.parquet", "000002.settled.parquet",
    ]  # fmt: skip
    assert parts(lined) == []
    assert [dump_line(one) for one in records(tmp_path)] == [
        dump_line(one) for one in records(lined)
    ]
    asked = ("outcome", "fill", "provisional", "counts")
    assert list(records(tmp_path, asked)) == list(records(lined, asked))


def test_what_is_settled_of_another_part_is_told(tmp_path):
    with Store(tmp_path) as store:
        for record in some(0, 8):
            store.append(record)
        store._take_out()
        store.settle(lambda _: (change(n) for n in range(8)), ())
    place = tmp_path / PARTS
    os.replace(place / "000002.settled.parquet", place / "000001.settled.parquet")  # noqa: PTH105
    with pytest.raises(
        FileError, match=r"000001.settled.parquet: not about 000001.parquet; remove"
    ):
        keys(tmp_path)


def test_parts_are_made_of_a_long_file_of_before(tmp_path):
    body = b"".join(dump_line(to_json(one)) for one in some(0, 11))
    (tmp_path / RECORDS).write_bytes(body)
    append(tmp_path, 11, 12)
    assert parts(tmp_path) == ["000001.parquet", "000002.parquet", "000003.parquet"]
    assert tail(tmp_path) == []
    assert keys(tmp_path) == list(range(12))
    assert json.loads(body.splitlines()[0]) == next(records(tmp_path))
