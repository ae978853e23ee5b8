from __future__ import annotations

import pytest

from harness.core.errors import UsageError
from harness.runs.folder import make_parts
from harness.runs.folder.mirror import Mirror
from harness.runs.folder.reader import records
from harness.runs.folder.writer import Store
from tests.support.records import make_record


@pytest.fixture
def place(tmp_path):
    return f"file://{tmp_path}/there"


def a_run(mirror, text="1\n"):
    folder = mirror.folder / "a-run"
    folder.mkdir(exist_ok=True)
    (folder / "records.jsonl").write_text(text)
    (folder / ".lock").write_text("")
    return folder


def test_what_one_machine_sent_up_another_has(place, tmp_path):
    first, second = Mirror(place, tmp_path / "one"), Mirror(place, tmp_path / "two")
    first.pull()
    a_run(first)
    first.push()
    second.pull()
    assert (second.folder / "a-run" / "records.jsonl").read_text() == "1\n"
    assert not (second.folder / "a-run" / ".lock").exists()


def test_only_what_has_changed_goes_up(place, tmp_path, monkeypatch):
    mirror = Mirror(place, tmp_path / "one")
    mirror.pull()
    folder = a_run(mirror)
    (folder / "run.json").write_text("{}")
    sent = watched(mirror, monkeypatch)
    mirror.push()
    mirror.push()
    (folder / "records.jsonl").write_text("1\n2\n")
    mirror.push()
    assert sent == ["run.json", "records.jsonl", "records.jsonl"]


def watched(mirror, monkeypatch):
    """The names of what goes up, in its order."""
    sent, files = [], mirror._files
    put, opened = files.put_file, files.open

    def noted(there):
        sent.append(there.rpartition("a-run/")[2])

    monkeypatch.setattr(files, "put_file", lambda here, there: (noted(there), put(here, there)))
    monkeypatch.setattr(files, "open", lambda there, mode: (noted(there), opened(there, mode))[1])
    return sent


def append(folder, first, last):
    with Store(folder) as store:
        for n in range(first, last):
            store.append(make_record(key=f"{n}", started_at=f"2026-01-02T00:00:{n:02d}"))


def keys(folder):
    return [int(record["key"]) for record in records(folder / "a-run")]


@pytest.fixture
def _short_parts(monkeypatch):
    monkeypatch.setattr(make_parts, "PART_RECORDS", 4)


@pytest.mark.usefixtures("_short_parts")
def test_a_part_goes_up_once_and_only_the_tail_again(place, tmp_path, monkeypatch):
    mirror = Mirror(place, tmp_path / "one")
    mirror.pull()
    folder = a_run(mirror, "")
    sent = watched(mirror, monkeypatch)
    for first, last in ((0, 5), (5, 6), (6, 9)):
        append(folder, first, last)
        mirror.push()
    with Store(folder) as store:
        store.settle(lambda _: ({"provisional": False} for _ in range(9)), ())
    mirror.push()
    mirror.push()
    assert [name for name in sent if name != "messages.jsonl"] == [
        "records/000001.parquet", "records.jsonl", "records.jsonl", "records/000002.parquet",
        "records.jsonl", "records/000001.settled.parquet", "records/000002.settled.parquet",
        "records.jsonl",
    ]  # fmt: skip
    other = Mirror(place, tmp_path / "two")
    other.pull()
    assert keys(other.folder) == list(range(9))


@pytest.mark.usefixtures("_short_parts")
def test_a_tail_that_is_shorter_since_its_lines_stand_in_a_part_is_not_fetched_again(
    place, tmp_path
):
    mirror = Mirror(place, tmp_path / "one")
    mirror.pull()
    append(a_run(mirror, ""), 0, 3)
    mirror.push()
    append(mirror.folder / "a-run", 3, 5)  # killed before it was sent
    again = Mirror(place, tmp_path / "one")
    again.pull()
    assert keys(again.folder) == list(range(5))
    again.push()
    other = Mirror(place, tmp_path / "two")
    other.pull()
    assert keys(other.folder) == list(range(5))


@pytest.mark.usefixtures("_short_parts")
def test_a_tail_of_a_run_that_has_more_parts_there_is_fetched_however_short_it_is(place, tmp_path):
    first, second = Mirror(place, tmp_path / "one"), Mirror(place, tmp_path / "two")
    first.pull()
    append(a_run(first, ""), 0, 3)
    first.push()
    second.pull()
    append(first.folder / "a-run", 3, 5)
    first.push()
    second.pull()
    assert keys(second.folder) == list(range(5))


@pytest.mark.usefixtures("_short_parts")
@pytest.mark.parametrize("moment", ["put_file", "open"])
def test_lines_that_leave_the_tail_while_it_goes_up_are_there_nevertheless(
    place, tmp_path, monkeypatch, moment
):
    mirror = Mirror(place, tmp_path / "one")
    mirror.pull()
    folder = a_run(mirror, "")
    append(folder, 0, 3)
    send = getattr(mirror._files, moment)

    def sent_late(*args):
        monkeypatch.setattr(mirror._files, moment, send)
        append(folder, 3, 5)
        return send(*args)

    monkeypatch.setattr(mirror._files, moment, sent_late)
    mirror.push()
    other = Mirror(place, tmp_path / "two")
    other.pull()
    found = keys(other.folder)
    assert found == list(range(len(found)))
    assert len(found) >= 3
    mirror.push()
    other.pull()
    assert keys(other.folder) == list(range(5))


def test_what_was_not_sent_yet_is_kept_and_sent_by_the_next_command(place, tmp_path):
    first = Mirror(place, tmp_path / "one")
    first.pull()
    a_run(first)
    first.push()
    a_run(first, "1\n2\n")  # killed before it was sent
    again = Mirror(place, tmp_path / "one")
    again.pull()
    assert (again.folder / "a-run" / "records.jsonl").read_text() == "1\n2\n"
    again.stop()
    assert (tmp_path / "there" / "a-run" / "records.jsonl").read_text() == "1\n2\n"


def test_an_unknown_place_and_a_missing_package_are_one_sentence(tmp_path):
    with pytest.raises(UsageError, match=r"^bogus://x: Protocol not known: bogus; expected a fol"):
        Mirror("bogus://x", tmp_path)
    with pytest.raises(UsageError, match=r"^s3://x/y: Install s3fs"):
        Mirror("s3://x/y", tmp_path)


def test_a_place_that_cannot_be_read_or_written_says_where_the_records_are(tmp_path):
    (tmp_path / "file").write_text("no folder")
    mirror = Mirror(f"file://{tmp_path}/file", tmp_path / "spool")
    mirror.folder.mkdir(parents=True)
    a_run(mirror)
    with pytest.raises(UsageError, match=r"cannot write file://.*; the records are in .*/spool/"):
        mirror.push()
    blocked = Mirror("memory://x", tmp_path / "file")
    with pytest.raises(UsageError, match="cannot read memory://x: "):
        blocked.pull()
