"""A run whose records stand in parts: every verb says of it what it says of one in lines."""

from __future__ import annotations

import json
import shutil

import pytest

from harness.core.files import dump_line
from harness.runs.folder import make_parts
from harness.runs.folder.layout import PARTS, RECORDS
from harness.runs.folder.reader import latest_records, records
from tests.support.command import harness, the_run

PART = 12


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """A run in parts, and the same run in lines, each in a place of its own."""
    root = tmp_path_factory.mktemp("places")
    in_parts, in_lines = root / "parts", root / "lines"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(make_parts, "PART_RECORDS", PART)
        done = harness(
            "run", "needle", "-m", "reference/fading?onset=0.5&limit=2000", "-w", "2k", "--seeds",
            2, "--fills", "0.02,0.9", "-q", "--out", in_parts,
        )  # fmt: skip
    assert done.code == 0, done.err
    shutil.copytree(in_parts, in_lines)
    folder = the_run(in_lines)
    (folder / RECORDS).write_bytes(b"".join(map(dump_line, records(folder))))
    shutil.rmtree(folder / PARTS)
    return in_parts, in_lines


def said(places, *command):
    """What the command prints and writes, of either run."""
    found = []
    for place in places:
        done = harness(*command, "--out", place, cwd=place)
        assert done.code == 0, done.err
        files = {path.name: path.read_bytes() for path in sorted(place.glob("said.*"))}
        found.append((done.out, files))
    return found


def test_a_run_of_many_trials_keeps_its_records_in_parts(places):
    folder = the_run(places[0])
    parts = sorted(path.name for path in (folder / PARTS).iterdir())
    assert parts[:3] == ["000001.parquet", "000001.settled.parquet", "000002.parquet"]
    assert not any(record["provisional"] for record in records(folder))


@pytest.mark.parametrize(
    "command",
    [
        ("report", "latest"),
        ("report", "latest", "-o", "said.md", "-o", "said.json", "-o", "said.csv"),
        ("ls",),
    ],
    ids=lambda command: " ".join(command[:3]),
)
def test_what_is_said_of_a_run_does_not_tell_how_its_records_are_kept(places, command):
    in_parts, in_lines = said(places, *command)
    assert in_parts == in_lines
    assert in_parts[0]


def test_each_record_is_shown_alike(places):
    found = list(latest_records(the_run(places[0])))
    for key in (found[0], found[PART], found[-1]):
        in_parts, in_lines = said(places, "show", "latest", key)
        assert in_parts == in_lines
        assert json.loads(in_parts[0])["key"] == key


def test_a_run_in_parts_goes_on_where_it_was_killed(places, tmp_path):
    shutil.copytree(the_run(places[0]), folder := tmp_path / the_run(places[0]).name)
    lines = (folder / RECORDS).read_bytes().splitlines(keepends=True)
    (folder / RECORDS).write_bytes(b"".join(lines[:-1]))
    whole = len(latest_records(the_run(places[1])))
    assert len(latest_records(folder)) == whole - 1
    done = harness("run", "--resume", folder, "--out", tmp_path, "-q")
    assert done.code == 0, done.err
    assert len(list(records(folder))) == whole
    assert set(latest_records(folder)) == set(latest_records(the_run(places[1])))


def test_a_part_that_is_damaged_ends_a_command_with_one_sentence(places, tmp_path):
    shutil.copytree(the_run(places[0]), folder := tmp_path / the_run(places[0]).name)
    part = folder / PARTS / "000002.parquet"
    part.write_bytes(part.read_bytes()[:-30])
    for command in (("report", folder), ("ls",), ("run", "--resume", folder)):
        done = harness(*command, "--out", tmp_path)
        assert done.code == 4, done.out
        assert "000002.parquet: damaged, or no parquet" in done.err
        assert len(done.err.strip().splitlines()) == 1
