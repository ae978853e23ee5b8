from __future__ import annotations

import os

from harness.runs.folder.find import find_run, runs


def begun(out, name, at_ns):
    folder = out / name
    folder.mkdir()
    (folder / "run.json").write_text("{}")
    os.utime(folder / "run.json", ns=(at_ns, at_ns))
    return folder


def test_of_two_runs_of_one_second_the_later_is_the_latest(tmp_path):
    later = begun(tmp_path, "20260102T030405Z_a_000001", 2_000)
    earlier = begun(tmp_path, "20260102T030405Z_a_ffffff", 1_000)
    # a copy made afterwards is no newer run
    oldest = begun(tmp_path, "20260102T030404Z_a_eeeeee", 9_000)
    assert runs(tmp_path) == [oldest, earlier, later]
    assert find_run("latest", tmp_path) == later
