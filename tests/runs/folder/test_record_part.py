from __future__ import annotations

import json
from dataclasses import fields

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.core.errors import FileError, UsageError, Where
from harness.core.files import dump_line
from harness.core.record import RECORD_SCHEMA, Record, to_json
from harness.runs.folder.record_part import as_records, open_part, rows_of, write_part
from tests.support.records import make_record

WHERE = Where(file="records.jsonl", line=1)


def read(path, only=None):
    part = open_part(path)
    return [one for piece in rows_of(part, only) for one in as_records(piece, path, only)]


def a_part(folder, lines):
    path = folder / "000001.parquet"
    path.unlink(missing_ok=True)
    write_part(path, [lines], WHERE)
    return path


TEXTS = st.text(st.characters(codec=None), max_size=12)  # halves of surrogate pairs too
WHOLE = st.integers(-(2**63) + 1, 2**63 - 1)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


def values_of(annotation):
    bare = annotation.removesuffix(" | None")
    found = {
        "int": WHOLE,
        "float": NUMBERS | WHOLE,
        "bool": st.booleans(),
        "tuple[str, ...]": st.lists(TEXTS, max_size=3),
        "tuple[int, ...]": st.lists(WHOLE, max_size=3),
        "tuple[tuple[int, int], ...]": st.lists(
            st.lists(WHOLE, min_size=2, max_size=2), max_size=2
        ),
        "tuple[int, int]": st.lists(WHOLE, min_size=2, max_size=2),
    }.get(bare, TEXTS)
    return found if bare == annotation else found | st.none()


JSON = st.recursive(
    st.none() | st.booleans() | WHOLE | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)
BASE = to_json(make_record())


@st.composite
def records(draw):
    """A record whose fields hold anything that their types allow, some of another version."""
    found = dict(BASE)
    for field in draw(st.lists(st.sampled_from(fields(Record)), max_size=5)):
        if field.name != "schema":
            found[field.name] = draw(values_of(str(field.type)))
    for name in draw(st.lists(st.sampled_from(list(BASE)[60:]), max_size=2)):
        found.pop(name, None)  # as in records of before
    return found | draw(st.dictionaries(TEXTS.map(lambda name: f"x{name}"), JSON, max_size=1))


@settings(max_examples=20, deadline=None)
@given(some=st.lists(records(), min_size=1, max_size=4))
def test_a_record_comes_back_from_a_part_as_the_bytes_that_it_was(some, tmp_path_factory):
    lines = [dump_line(record) for record in some]
    path = a_part(tmp_path_factory.mktemp("part"), lines)
    assert [dump_line(record) for record in read(path)] == lines


def test_lines_that_others_wrote_come_back_as_the_values_that_they_hold(tmp_path):
    record = BASE | {"fill": 1e-05, "reply": "a\ud800", "why": "é/\u2028\x00", "cost_usd": 1e16}
    spaced = (json.dumps(record) + "\n").encode()
    mixed = (json.dumps(dict(reversed(record.items()))) + "\n").encode()
    found = read(a_part(tmp_path, [spaced, mixed]))
    assert [list(one.items()) for one in found] == [
        list(json.loads(line).items()) for line in (spaced, mixed)
    ]


def test_columns_that_are_asked_for_are_null_where_a_record_lacks_them(tmp_path):
    old = {name: value for name, value in BASE.items() if name != "cut"}
    lines = [dump_line(old | {"model": "a\ud800"}), dump_line(BASE | {"new": 1})]
    found = read(a_part(tmp_path, lines), ("model", "cut", "new"))
    assert found == [
        {"model": "a\ud800", "cut": None, "new": None},
        {"model": BASE["model"], "cut": None, "new": 1},
    ]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"{\n", "records.jsonl:2: not JSON"),
        (dump_line(BASE | {"seed": "1"}), "records.jsonl:2: not a record: 'seed' is '1'"),
        (dump_line(BASE | {"seed": None}), "records.jsonl:2: not a record: 'seed' is None"),
        (b"\xff\n", "records.jsonl:2: not UTF-8 text"),
        (b"\n", "records.jsonl:2: not JSON"),
    ],
)
def test_what_is_no_record_gets_into_no_part(tmp_path, line, told):
    with pytest.raises(FileError, match=told):
        write_part(tmp_path / "000001.parquet", [[dump_line(BASE), line]], WHERE)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda body: body[:-20], "damaged, or no parquet"),
        (lambda body: body[20:], "damaged, or no parquet"),
        (lambda _: b"", "damaged, or no parquet"),
        (lambda _: b"PAR1" * 9, "damaged, or no parquet"),
    ],
)
def test_a_part_that_is_cut_short_is_told_with_its_name(tmp_path, spoil, told):
    path = a_part(tmp_path, [dump_line(BASE)])
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(FileError, match=f"000001.parquet: {told}"):
        read(path)


def rewritten(path, frame, **told):
    notes = json.loads(pl.read_parquet_metadata(path)["session-harness"]) | told
    frame.write_parquet(path, metadata={"session-harness": json.dumps(notes)})


def test_a_parquet_file_of_others_is_no_part(tmp_path):
    path = tmp_path / "000001.parquet"
    pl.DataFrame({"a": [1]}).write_parquet(path)
    with pytest.raises(FileError, match="session-harness did not write it; move it out"):
        read(path)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"part": 9}, f"version 9 of records of version {RECORD_SCHEMA}, but this harness reads"),
        ({"part": {"a": []}}, "version {'a': ..} of records of version"),
        ({"record_schema": 1}, "of records of version 1, but this harness reads version 1"),
        ({"rows": "many"}, "of its notes 'rows' is 'many', expected a whole number"),
        ({"rows": 3}, "damaged: it holds 1 records, and says 3"),
    ],
)
def test_notes_that_say_otherwise_are_told(tmp_path, told, words):
    path = a_part(tmp_path, [dump_line(BASE)])
    rewritten(path, pl.read_parquet(path), **told)
    with pytest.raises(UsageError, match=words):
        read(path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (pl.col("fill").cast(pl.String), "column 'fill' is String, expected Float64"),
        (pl.lit(None, pl.String).alias("key"), "'key' is null in a row"),
        (pl.lit("[", pl.String).alias("raw_line"), "000001.parquet: not JSON"),
        (pl.lit("[]", pl.String).alias("raw_line"), "not a record: it is a list"),
    ],
)
def test_columns_that_are_no_record_are_told(tmp_path, change, words):
    path = a_part(tmp_path, [dump_line(BASE)])
    rewritten(path, pl.read_parquet(path).with_columns(change))
    with pytest.raises(FileError, match=words):
        read(path)


def test_a_part_without_a_column_that_each_record_has_is_told(tmp_path):
    path = a_part(tmp_path, [dump_line(BASE)])
    rewritten(path, pl.read_parquet(path).drop("session"))
    with pytest.raises(FileError, match="no column 'session'"):
        read(path)
