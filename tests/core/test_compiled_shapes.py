"""A compiled shape says yes of what has the shape, and of nothing that the shape refuses."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.core.compiled_shapes import CompiledShape
from harness.core.errors import FileError, Where
from harness.core.record import SHAPE, to_json
from harness.core.shapes import wrong
from tests.support.records import make_record

SHAPES = st.recursive(
    st.sampled_from([str, int, float, bool, object]),
    lambda inner: st.one_of(
        inner.filter(lambda one: one is not object and type(one) is not tuple).map(
            lambda one: (one, None)
        ),
        inner.map(lambda one: [one]),
        st.dictionaries(st.sampled_from(["a", "b", "b?", "c?", "*"]), inner, max_size=3),
    ),
    max_leaves=6,
)
VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.just(2**63), st.floats(), st.text(max_size=2)
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2),
        st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), inner, max_size=3),
    ),
    max_leaves=6,
)


@given(SHAPES, VALUES)
def test_it_never_says_yes_of_what_is_wrong(shape, value):
    if CompiledShape(shape).surely_fits(value):
        assert wrong(value, shape) is None


def test_it_says_yes_of_a_record_as_it_is_written_and_of_an_older_one():
    written = json.loads(json.dumps(to_json(make_record())))
    assert CompiledShape(SHAPE).surely_fits(written)
    older = {key: value for key, value in written.items() if key in SHAPE}
    assert len(older) < len(written)
    assert CompiledShape(SHAPE).surely_fits(older)


@pytest.mark.parametrize("value", [{"key": 1}, {"score": "1"}, {"view": [[0, "1"]]}])
def test_what_is_wrong_is_told_as_the_shape_tells_it(value):
    record = json.loads(json.dumps(to_json(make_record()))) | value
    with pytest.raises(FileError) as told:
        CompiledShape(SHAPE).conform(record, Where(file="records.jsonl", line=3), what="a record")
    assert str(told.value) == f"records.jsonl:3: not a record: {wrong(record, SHAPE)}"
