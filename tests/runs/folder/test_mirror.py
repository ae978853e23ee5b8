from __future__ import annotations

import pytest

from harness.core.errors import UsageError
from harness.runs.folder.mirror import Mirror


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
    sent = []
    put = mirror._files.put_file
    monkeypatch.setattr(
        mirror._files, "put_file", lambda here, there: (sent.append(here), put(here, there))
    )
    mirror.push()
    mirror.push()
    (folder / "records.jsonl").write_text("1\n2\n")
    mirror.push()
    assert [path.rpartition("/")[2] for path in sent] == [
        "records.jsonl", "run.json", "records.jsonl",
    ]  # fmt: skip


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
