from __future__ import annotations

import errno
import os
import stat
import threading

import pytest

from harness.core.errors import IncompleteError
from harness.core.files import dump_line, whole, write_in_run, write_whole


def test_a_file_is_written_with_the_rights_that_it_had(tmp_path):
    path = tmp_path / "a.md"
    path.write_text("old")
    path.chmod(0o640)
    write_whole(path, "new")
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [file.name for file in tmp_path.iterdir()] == ["a.md"]


def test_a_fresh_file_has_the_rights_that_any_other_has(tmp_path):
    write_whole(tmp_path / "a", "x")
    (tmp_path / "b").write_text("x")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode


def test_a_symbolic_link_stays_one_and_its_file_is_replaced(tmp_path):
    real, link = tmp_path / "real.md", tmp_path / "link.md"
    real.write_text("old")
    link.symlink_to(real)
    write_whole(link, "new")
    assert link.is_symlink()
    assert real.read_text() == "new"


def test_a_link_that_waits_under_the_name_of_before_is_not_followed(tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / "report.md.tmp").symlink_to(victim)
    write_whole(tmp_path / "report.md", "new")
    assert victim.read_text() == "mine"


def test_a_fifo_is_written_to_and_stays_one(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    found = []
    reader = threading.Thread(target=lambda: found.append(path.read_bytes()))
    reader.start()
    write_whole(path, "through " * 20_000)
    reader.join(10)
    assert found == [b"through " * 20_000]
    assert stat.S_ISFIFO(path.stat().st_mode)


@pytest.fixture
def device(tmp_path):
    """A device of our own, since a broken test must not cost the machine its /dev/null."""

    def make(name, minor):
        path = tmp_path / name
        try:
            os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, minor))
            path.open("wb").close()
        except OSError:
            pytest.skip("only root makes devices, and not everywhere")
        return path

    return make


def test_a_device_is_written_to_and_stays_one(device):
    null = device("null", 3)
    write_whole(null, "x")
    assert stat.S_ISCHR(null.stat().st_mode)


def test_a_device_without_room_says_so_under_its_own_name(device):
    full = device("full", 7)
    with pytest.raises(OSError, match=r"No space left on device: '.*full'") as caught:
        write_whole(full, "x")
    assert caught.value.errno == errno.ENOSPC
    assert stat.S_ISCHR(full.stat().st_mode)


def _fails(path):
    with whole(path) as beside:
        beside.write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device", str(beside))


def test_without_room_the_old_file_stands_whole_and_nothing_lies_beside_it(tmp_path):
    path = tmp_path / "report.json"
    path.write_text("old")
    with pytest.raises(OSError, match=r"No space left on device: '.*report\.json'"):
        _fails(path)
    assert path.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_run_without_room_says_how_to_go_on(tmp_path, device):
    device("run.json", 7)
    with pytest.raises(IncompleteError, match=r"run\.json: No space .* go on with: harness run --"):
        write_in_run(tmp_path / "run.json", "{}")


def test_half_a_character_is_written_as_json_escapes_it():
    assert dump_line({"a": "\ud800é"}) == b'{"a":"\\ud800\xc3\xa9"}\n'
