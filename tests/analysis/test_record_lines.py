from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.analysis.record_lines import look_into
from harness.analysis.records import collect, read_records
from harness.core.errors import FileError
from harness.core.record import SHAPE, to_json
from harness.core.shapes import wrong
from tests.support.records import make_record

MANY = 3_000
"""More than could be looked into one by one in a file of a million."""


def written(path, rows, *, end="\n"):
    path.write_text("\n".join(map(json.dumps, rows)) + end, encoding="utf-8")
    return path


@pytest.fixture
def rows():
    return [to_json(make_record(key=f"{number:032x}")) for number in range(MANY)]


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("score", "1", "'score' is '1', expected a number or null"),
        ("seed", 1.5, "'seed' is 1.5, expected a whole number"),
        ("prompt_tokens", 10**26, "'prompt_tokens' is 100000000000000000000000000, which is out"),
        ("in_view", "true", "'in_view' is 'true', expected true or false or null"),
        ("model", None, "'model' is None, expected text"),
        ("status", 1, "'status' is 1, expected text"),
        ("expected", ["a", 1], "'expected[1]' is 1, expected text"),
        ("view", [[0, None]], "'view[0][0]'"),
    ],
)
def test_a_field_of_another_type_is_told_in_any_line(tmp_path, rows, field, value, told):
    rows[-2] |= {field: value}
    file = written(tmp_path / "records.jsonl", rows)
    told = told.replace("'view[0][0]'", "'view[0][1]' is None, expected a whole number")
    with pytest.raises(FileError) as error:
        read_records(file)
    assert str(error.value).startswith(f"{file}:{MANY - 1}: not a record: {told}")


def test_records_that_are_written_in_another_way_are_the_same(tmp_path, rows):
    spaced = [" " + json.dumps(dict(reversed(row.items())), indent=None) for row in rows[:20]]
    file = tmp_path / "records.jsonl"
    file.write_text("\n\n".join(spaced) + '\n{"torn', encoding="utf-8")
    look = look_into(file, file)
    assert not look.whole


def test_what_is_no_text_is_told_with_its_line(tmp_path, rows):
    file = written(tmp_path / "records.jsonl", rows[:50])
    file.write_bytes(file.read_bytes() + b'{"schema":2,"reply":"\xff"}\n')
    with pytest.raises(FileError, match=r"records\.jsonl:51: not UTF-8 text"):
        look_into(file, file)


ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8), st.lists(st.one_of(st.integers(), st.text(max_size=3)), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)  # fmt: skip


FIELDS = [name.removesuffix("?") for name in SHAPE if name != "schema?"]


@given(field=st.sampled_from(FIELDS), value=ANYTHING)
def test_a_line_is_refused_just_when_one_by_one_it_would_be(tmp_path_factory, field, value):
    row = to_json(make_record()) | {field: value}
    file = written(tmp_path_factory.getbasetemp() / "one.jsonl", [row])
    row = json.loads(file.read_text("utf-8"))
    if wrong(row, SHAPE) is None:
        look_into(file, file)
    else:
        with pytest.raises(FileError, match=r"one\.jsonl:1: not a record: "):
            look_into(file, file)


def test_good_records_are_read(tmp_path, rows):
    assert collect(read_records(written(tmp_path / "records.jsonl", rows))).height == MANY
