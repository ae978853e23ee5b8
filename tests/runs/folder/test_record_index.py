from __future__ import annotations

import os
import sqlite3

import pytest

from harness.core.errors import UsageError
from harness.core.files import dump_line
from harness.core.record import to_json
from harness.runs.folder import key_table
from harness.runs.folder.layout import INDEX, RECORDS
from harness.runs.folder.reader import latest_records
from harness.runs.folder.record_index import DoneKeys, Recorded, RecordIndex
from harness.runs.folder.writer import Store
from tests.support.records import make_record

NAMES = [f"{n:032x}" for n in range(40)]


def some_records(names=NAMES):
    """Every fifth is an error, every seventh was cut; the first ten are asked twice."""
    for place, name in enumerate([*names, *names[:10]]):
        failed = place % 5 == 0
        cut = "broken_off" if place % 7 == 0 and not failed else None
        yield make_record(
            key=name,
            status="error" if failed else "cut" if cut else "ok",
            error="timeout: no answer" if failed else "broken off" if cut else None,
            cut=cut,
            score=None if failed or cut else 1.0,
        )


def write(folder, records):
    with (folder / RECORDS).open("ab") as file:
        for record in records:
            file.write(dump_line(to_json(record)))


def answers(folder):
    """What an index says, and what the records themselves say."""
    index = RecordIndex.of(folder)
    latest = latest_records(folder)
    said = {name: index.get(name) for name in [*NAMES, "f" * 32]}
    index.close()
    return said, {**{name: Recorded.of(r) for name, r in latest.items()}, "f" * 32: None}


@pytest.fixture
def crowded(monkeypatch):
    """So little fits in memory that an index has to stand on disk."""
    monkeypatch.setattr(key_table, "MOST_IN_MEMORY", 8)


@pytest.fixture
def indexed(tmp_path, crowded):
    """A run folder with an index beside its records."""
    write(tmp_path, some_records())
    RecordIndex.of(tmp_path).close()
    assert (tmp_path / INDEX).exists()
    return tmp_path


def test_what_is_recorded_is_the_same_in_memory_and_on_disk(tmp_path, monkeypatch):
    write(tmp_path, some_records())
    in_memory, expected = answers(tmp_path)
    assert not (tmp_path / INDEX).exists(), "a small run has no file beside its records"
    monkeypatch.setattr(key_table, "MOST_IN_MEMORY", 8)
    on_disk, _ = answers(tmp_path)
    assert (tmp_path / INDEX).exists()
    assert in_memory == on_disk == expected


@pytest.mark.parametrize("most", [8, 10_000])
def test_done_is_what_has_a_record_and_on_request_no_failure(tmp_path, monkeypatch, most):
    monkeypatch.setattr(key_table, "MOST_IN_MEMORY", most)
    write(tmp_path, some_records())
    index = RecordIndex.of(tmp_path)
    healing = {name for name, r in latest_records(tmp_path).items() if Recorded.of(r).may_heal}
    assert index.has_repeats
    for retry, expected in ((False, set(NAMES)), (True, set(NAMES) - healing)):
        done = DoneKeys(index, retry_errors=retry)
        assert set(done) == {name for name in NAMES if name in done} == expected
        assert len(done) == len(expected)


def test_a_run_that_goes_on_takes_its_index_up_and_reads_what_came_since(indexed, monkeypatch):
    later = [make_record(key=f"{n:032x}", score=0.0) for n in (3, 77)]
    write(indexed, later)
    monkeypatch.setattr(key_table.IndexFile, "remove", lambda _: pytest.fail("it was made anew"))
    index = RecordIndex.of(indexed)
    assert len(index) == 41
    assert index.get(f"{77:032x}") == Recorded.of(to_json(later[1]))
    assert index.get(NAMES[3]) == Recorded.of(to_json(later[0]))


def execute(sql):
    def damage(folder):
        with sqlite3.connect(folder / INDEX) as db:
            db.execute(sql)

    return damage


def rewrite(name, change):
    def damage(folder):
        (folder / name).write_bytes(change((folder / name).read_bytes()))

    return damage


@pytest.mark.parametrize(
    "damage",
    [
        rewrite(INDEX, lambda _: b"no database at all"),
        rewrite(INDEX, lambda data: data[: len(data) // 2]),
        rewrite(INDEX, lambda _: b""),
        execute("PRAGMA user_version = 9"),
        execute("DROP TABLE keys"),
        execute("DELETE FROM note"),
        execute("UPDATE note SET body = '{}'"),
        execute("UPDATE note SET body = '[1'"),
        execute("DELETE FROM keys WHERE key = (SELECT min(key) FROM keys)"),
        rewrite(RECORDS, lambda data: b"".join(data.splitlines(keepends=True)[:20])),
        rewrite(RECORDS, lambda data: b"".join(data.splitlines(keepends=True)[1:] * 2)),
        rewrite(RECORDS, lambda data: b'"status":"ok"'.join(data.rsplit(b'"status":"error"', 1))),
        rewrite(RECORDS, lambda data: data.replace(NAMES[20].encode(), b"e" * 32)),
    ],
)  # fmt: skip
def test_an_index_that_is_damaged_or_of_other_records_is_made_anew(indexed, damage):
    damage(indexed)
    said, expected = answers(indexed)
    assert said == {name: expected.get(name) for name in said}


def test_no_trial_is_called_recorded_before_its_record_is_on_disk(tmp_path, crowded, monkeypatch):
    synced, written, sync = [0], [], os.fsync
    monkeypatch.setattr(os, "fsync", lambda file: (sync(file), synced.append(len(written))))
    with Store(tmp_path) as store:
        store.index = RecordIndex.of(tmp_path)
        for record in some_records([f"{n:032x}" for n in range(300)]):
            written.append(record)
            store.append(record)
            if (tmp_path / INDEX).exists():
                with sqlite3.connect(tmp_path / INDEX) as db:
                    (known,) = db.execute("SELECT json_extract(body, '$.n') FROM note").fetchone()
                assert known <= synced[-1]
    assert RecordIndex.of(tmp_path).has_repeats


def test_an_index_that_cannot_be_written_costs_a_run_nothing(indexed):
    index = RecordIndex.of(indexed)
    index._file.db().execute("PRAGMA query_only = ON")  # as a disk that is full or read-only
    later = [to_json(make_record(key=f"{n:032x}")) for n in range(100, 160)]
    for record in later:
        index.add(record)
        index.commit()
    assert all(record["key"] in index for record in later)
    assert len(index) == 100


def test_an_index_that_cannot_be_read_any_more_says_what_to_do(indexed):
    index = RecordIndex.of(indexed)
    index._file.db().execute("DROP TABLE keys")
    with pytest.raises(UsageError, match=r"index\.sqlite cannot be read: .* delete it and go on"):
        index.get("e" * 32)


def test_what_stands_in_the_place_of_an_index_and_stays_is_named(tmp_path):
    (tmp_path / INDEX).mkdir()
    with pytest.raises(UsageError, match=r"index\.sqlite does not fit .* delete it, it is made"):
        RecordIndex.of(tmp_path)
