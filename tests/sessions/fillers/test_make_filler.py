from __future__ import annotations

import pytest

from harness.core.errors import FileError, UsageError, Where
from harness.core.scenario import FillerSpec
from harness.sessions.fillers import Workday, fillers, make_filler
from harness.sessions.fillers.file import FileFiller

WHERE = Where(file="s.yaml", line=7, column=3)


def test_a_spec_with_a_file_gives_its_chats_and_one_with_a_name_the_plug():
    assert make_filler(FillerSpec()) == Workday()
    assert make_filler(FillerSpec(name="file", file="a.jsonl", repeat=True)) == FileFiller(
        "a.jsonl", repeat=True
    )
    assert "workday" in fillers.names()


def test_an_unknown_filler_is_refused_at_its_place_with_the_nearest_name():
    with pytest.raises(FileError, match=r"^s\.yaml:7:3: unknown filler 'wokday': did you mean"):
        make_filler(FillerSpec(name="wokday", where=WHERE))
    with pytest.raises(UsageError, match=r"^unknown filler 'wokday': did you mean 'workday'\?"):
        make_filler(FillerSpec(name="wokday"))


def test_repeat_without_a_file_is_refused():
    with pytest.raises(UsageError, match=r"^filler 'workday' has no file: `repeat` is for"):
        make_filler(FillerSpec(repeat=True))
