"""Columns of few bytes give back what was put into them, and the judgement holds little else."""

import gc
import tracemalloc

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from harness.core.record import to_json
from harness.runs.meter.columns import CodedColumn, IntColumn, NameColumn, distinct
from harness.runs.meter.readings import ReadingsBuilder
from tests.support.records import make_record

NUMBERS = st.one_of(st.none(), st.integers(0, 40), st.integers(-(2**31) + 1, 2**53))
NAMES = st.sampled_from(["", "a", "b", "Grüße", "half \ud800"])


@given(st.lists(NUMBERS))
def test_whole_numbers_come_back_whatever_their_size(numbers):
    column = IntColumn()
    for number in numbers:
        column.append(number)
    expected = np.array([np.nan if one is None else one for one in numbers], dtype=np.float64)
    assert np.array_equal(column.floats(), expected, equal_nan=True)


def test_a_number_that_is_the_same_in_every_row_takes_no_room():
    column = IntColumn()
    column.extend([8_000] * 1_000)
    assert column.floats().strides == (0,)
    assert column.floats().sum() == 8_000_000


@given(st.lists(st.tuples(NAMES, NAMES)))
def test_names_are_numbered_as_they_came_first(names):
    column, known = NameColumn(), {}
    for name in names:
        column.append(*name)
    assert column.numbers().tolist() == [known.setdefault(one, len(known)) for one in names]


@given(st.lists(st.tuples(st.integers(0, 3), NAMES), min_size=1))
def test_what_is_not_alike_is_counted_by_group(rows):
    column = NameColumn()
    for _, name in rows:
        column.append(name)
    groups = np.array([group for group, _ in rows], dtype=np.int32)
    found = distinct(groups, column.digests())
    assert found.tolist() == [
        len({name for own, name in rows if own == group}) for group in range(groups.max() + 1)
    ]


def test_a_few_values_come_back_by_their_codes():
    column = CodedColumn(np.array([0, -1, 1], dtype=np.int8), (False, True, None))
    assert list(column) == [False, None, True]
    assert list(column[1:]) == [None, True]


def test_the_judgement_keeps_less_than_a_hundred_and_twenty_bytes_of_a_call():
    """Of calls no two of which have a session, a fork or an answer in common."""
    record = to_json(make_record())
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    builder = ReadingsBuilder()
    for n in range(2_000):
        told = {"trunk": f"{n:032x}", "session": f"needle#{n}", "expected": [f"value {n}"]}
        builder.add(record | told)
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (after - before) / 2_000 < 120
