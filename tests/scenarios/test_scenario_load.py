"""Files become scenarios: which files, and what is told of those that are wrong."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from harness.core.errors import FileError, NothingSelectedError, UsageError
from harness.scenarios import find_files, load, load_all, problems


def test_load_raises_the_first_problem_of_the_file(small, write):
    path = write(small.replace("name: small", "name: 12").replace("tender", "no"))
    with pytest.raises(FileError, match=r"x\.yaml:2:7: got '12', which YAML reads as a number"):
        load(path)
    assert len(problems(path)) == 2


def test_folders_are_searched_and_files_come_once_and_sorted(small, write, tmp_path):
    for name in ("b/two.yml", "b/c/one.yaml", "a.yaml", "b/.hidden/no.yaml", "b/readme.md"):
        write(small.replace("small", Path(name).stem), name)
    scenarios = load_all([tmp_path, tmp_path / "a.yaml"])
    assert [scenario.name for scenario in scenarios] == ["a", "one", "two"]
    assert find_files([tmp_path / "b"]) == (
        tmp_path / "b" / "c" / "one.yaml",
        tmp_path / "b" / "two.yml",
    )


def test_two_scenarios_of_one_name_are_refused(small, write, tmp_path):
    write(small, "a.yaml")
    write(small, "b.yaml")
    with pytest.raises(
        FileError,
        match=r"b\.yaml:2:7: scenario 'small' is already in .*a\.yaml; rename one of them",
    ):
        load_all([tmp_path])


def test_nothing_to_load_is_said_with_where_it_was_sought(tmp_path):
    with pytest.raises(NothingSelectedError, match=rf"no scenario \(\*\.yaml\) in {tmp_path}"):
        load_all([tmp_path])
    with pytest.raises(NothingSelectedError, match="in no path"):
        load_all([])


def test_a_path_that_is_not_there_is_a_usage_error(tmp_path):
    for call in (load, problems, lambda path: load_all([path])):
        with pytest.raises(UsageError, match=r"no such file or folder: .*gone\.yaml"):
            call(tmp_path / "gone.yaml")


def test_a_folder_is_no_scenario(tmp_path):
    with pytest.raises(UsageError, match=r"cannot read .*: Is a directory"):
        load(tmp_path)


def test_a_file_in_another_encoding_is_refused_with_its_line(small, tmp_path):
    path = tmp_path / "x.yaml"
    path.write_bytes(small.replace("small", "été").encode("latin-1"))
    with pytest.raises(FileError, match=r"x\.yaml:2: is not UTF-8 text \(byte 0xE9\); save it as"):
        load(path)


def test_known_names_are_handed_down(small, write):
    path = write(small.replace("    ask:", "    score: contians\n    ask:") + "filler: wrok\n")
    assert len(problems(path, known_scorers={"contains"}, known_fillers={"workday"})) == 2
    with pytest.raises(FileError, match="unknown scorer 'contians'"):
        load_all([path], known_scorers={"contains"})


def test_importing_the_room_reads_neither_yaml_nor_pydantic():
    code = "import sys, harness.scenarios; print({'yaml', 'pydantic'} & set(sys.modules))"
    done = subprocess.run(  # noqa: S603  # our own interpreter, our own code
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "set()"
