"""The grid of fills, and the dictionary on it, where the axis is one of octaves."""

from __future__ import annotations

import numpy as np
import pytest

from harness.analysis.onset.grid import FINE, OCTAVE, grid
from harness.analysis.onset.shapes import NONE_WEIGHT, shapes


@pytest.mark.parametrize("control", [0.001, 0.0078125, 0.03125, 0.049])
def test_steps_are_parts_of_an_octave_until_even_ones_are_finer(control):
    fine = grid(control, 1.0)
    assert fine.nodes[0] == 0
    assert fine.nodes[fine.first] == pytest.approx(control)
    assert fine.nodes[-1] >= 1.0
    steps = np.diff(fine.nodes)
    assert np.all(steps > 0)
    past = fine.nodes[fine.first :]
    octaves = np.diff(np.log2(past))
    assert octaves.max() < 1.6 / OCTAVE
    assert np.diff(past).max() < 1.6 * FINE


def test_the_grid_of_a_short_window_is_even():
    fine = grid(0.05, 1.0)
    assert fine.even
    assert np.allclose(np.diff(fine.nodes), FINE)
    assert fine.index(0.05) == pytest.approx(fine.first)


def test_a_node_is_found_at_its_own_index():
    fine = grid(0.001, 1.0)
    assert np.allclose(fine.index(fine.nodes), np.arange(len(fine.nodes)))
    assert fine.last(float(fine.nodes[77])) == 77
    assert fine.last(2.0) == len(fine.nodes) - 1


@pytest.mark.parametrize(("control", "reach"), [(0.001, 1.0), (0.03125, 1.0), (0.0078125, 1.25)])
def test_shapes_begin_after_the_controls_and_never_fall(control, reach):
    book, fine = shapes(control, reach), grid(control, reach)
    assert np.all(book.curves[:, : fine.first + 1] == 0)
    assert np.all(np.diff(book.curves, axis=1) >= -1e-6)
    assert np.all((book.curves >= 0) & (book.curves <= 1))
    assert book.prior.sum() == pytest.approx(1)
    assert book.prior[-1] == pytest.approx(NONE_WEIGHT)


def test_steps_stand_in_every_twelfth_of_an_octave():
    book, fine = shapes(0.001, 1.0), grid(0.001, 1.0)
    curves = book.curves[:-1]
    steps = curves[np.all((curves == 0) | (curves == 1), axis=1) & (curves[:, -1] == 1)]
    edges = np.unique(fine.nodes[np.argmax(steps > 0, axis=1)])
    assert np.diff(np.log2(edges)).max() < 0.13
