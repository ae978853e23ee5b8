"""Sizes of pictures, as they are asked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.core.errors import UsageError
from harness.reports.charts.layout import SCREEN, Layout, fitted, millimetres
from harness.reports.format import width


@pytest.mark.parametrize(
    ("text", "mm"),
    [("84mm", 84), ("8.4 cm", 84), ("3.3in", 83.82), ("240pt", 84.667), ("400PX", 105.833)],
)  # fmt: skip
def test_a_width_is_read_in_the_units_of_papers(text: str, mm: float) -> None:
    assert millimetres(text) == pytest.approx(mm, abs=0.001)


@pytest.mark.parametrize("text", ["", "84", "wide", "-84mm", "84 mm mm", "1e3mm", "84em"])
def test_what_is_no_width_says_what_is_one(text: str) -> None:
    with pytest.raises(UsageError, match="is no width: give a number and a unit, such as 84mm"):
        millimetres(text)


@pytest.mark.parametrize("text", ["5mm", "49.9mm", "20000mm"])
def test_a_width_that_nobody_could_read_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="cannot be read: give 50mm to 1000mm"):
        millimetres(text)


@given(st.floats(50, 1000))
def test_panels_fill_the_width_and_none_is_too_narrow(mm: float) -> None:
    layout = Layout(width_mm=mm)
    many = layout.columns(2)
    used = many * (layout.panel + 50) + (many - 1) * layout.gap + 12
    assert used <= mm * 96 / 25.4 < used + 2 * many
    assert many == 1 or layout.panel >= 235


@given(
    st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), max_size=80),
    st.floats(60, 400),
)
def test_a_fitted_name_fits_and_keeps_both_ends(name: str, room: float) -> None:
    shown = fitted(SCREEN, name, room)
    assert SCREEN.width_of(shown) <= room
    if shown != name:
        head, _, tail = shown.partition("…")
        assert head
        assert name.startswith(head)
        assert name.endswith(tail)
        assert width(shown) >= 3
