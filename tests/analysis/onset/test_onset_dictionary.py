"""The dictionary keeps its rules, and is distrusted where nothing in it fits."""

from __future__ import annotations

import numpy as np
import pytest

from harness.analysis.calibration.simulated_laws import LAWS, simulate
from harness.analysis.onset.cells import FINE, Cells, gather
from harness.analysis.onset.clustering import lack_of_fit
from harness.analysis.onset.posterior import dictionary
from harness.analysis.onset.rows import scored
from harness.analysis.onset.shapes import NONE_WEIGHT, shapes


def cells_of(law: str, n: int = 4000) -> Cells:
    rows = simulate(LAWS[law], np.random.default_rng(1), n=n, sessions=100, correlation=0)
    return gather(scored(rows)[0], control=0.05)


@pytest.mark.parametrize(("control", "reach"), [(0.05, 1.0), (0.3, 1.0), (0.05, 1.25)])
def test_shapes_begin_after_the_controls_and_never_fall(control, reach):
    book = shapes(control, reach)
    past = round(control / FINE) + 1
    assert np.all(book.curves[:, :past] == 0)
    assert np.all(np.diff(book.curves, axis=1) >= 0)
    assert np.all((book.curves >= 0) & (book.curves <= 1))
    assert book.prior.sum() == pytest.approx(1)


def test_steps_stand_everywhere_from_the_controls_on():
    curves = shapes(0.05, 1.0).curves[:-1]  # without the flat one
    steps = curves[np.all((curves == 0) | (curves == 1), axis=1)]
    edges = np.unique(np.argmax(steps > 0, axis=1)) * FINE
    assert edges[0] == pytest.approx(0.0525, abs=0.001)
    assert np.diff(edges).max() < 0.0051


def test_no_forgetting_keeps_its_prior_weight():
    book = dictionary(cells_of("none"))
    assert book.prior.sum() == pytest.approx(1)
    assert book.prior[-1] == pytest.approx(NONE_WEIGHT)
    assert np.all(book.in_bin[-1] == 0)


def test_each_bin_is_averaged_where_its_probes_lie():
    cells = cells_of("step")
    assert np.allclose(cells.weights.sum(axis=1), 1)
    assert cells.fill[0] < 0.05
    assert np.all(np.diff(cells.fill) > 0)
    assert cells.n.sum() == cells.cell_n.sum() == 4000
    assert np.allclose(np.bincount(cells.cell_bin, weights=cells.cell_k), cells.k)


def test_a_curve_that_fits_is_trusted_and_one_that_does_not_is_tempered():
    cells = cells_of("step")
    truth = LAWS["step"].marginal(cells.fill)
    assert lack_of_fit(cells, truth) == 1
    assert lack_of_fit(cells, np.full_like(truth, truth.mean())) > 5
