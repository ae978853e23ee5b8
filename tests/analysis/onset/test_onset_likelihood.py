"""The table of log-likelihoods is that of the formula, entry by entry."""

from __future__ import annotations

import numpy as np
import pytest

from harness.analysis.calibration.simulated_laws import LAWS
from harness.analysis.onset import estimate_onset, simulate
from harness.analysis.onset.cells import gather
from harness.analysis.onset.likelihood import log_likelihood
from harness.analysis.onset.posterior import average, dictionary, thinned
from harness.analysis.onset.rows import scored
from harness.analysis.onset.shapes import AMPLITUDES


def direct(shape, n, k, *, guess, loss, plateau):
    p = guess + (1 - guess) * plateau * (1 - loss * shape)
    mean = np.clip(k / n, 1e-12, 1 - 1e-12)
    hits, misses = k @ np.log(p / mean), (n - k) @ np.log((1 - p) / (1 - mean))
    return float(hits + misses)


@pytest.mark.parametrize("guess", [0.0, 0.25])
@pytest.mark.parametrize("probes", [5, 500, 50_000])
@pytest.mark.parametrize("plateau", [(0.01, 0.02), (0.3, 0.6), (0.95, 0.9999)])
def test_all_probes_together_are_off_by_less_than_a_tenth(guess, probes, plateau):
    rng = np.random.default_rng(3)
    shape = np.sort(rng.uniform(0, 1, (40, 12)), axis=1)
    shape[0], shape[1, :6], shape[1, 6:] = 0.0, 0.0, 1.0
    n = np.full(12, float(probes))
    k = np.round(n * np.linspace(0.9, 0.2, 12))
    levels = np.array(plateau)
    table = log_likelihood(shape, n=n, k=k, guess=guess, loss=AMPLITUDES, plateau=levels)
    assert table.shape == (40, len(AMPLITUDES), 2)
    for row in range(40):
        for column in (0, 12, -1):
            for node, level in enumerate(plateau):
                exact = direct(
                    shape[row], n, k, guess=guess, loss=AMPLITUDES[column], plateau=level
                )
                assert table[row, column, node] == pytest.approx(exact, abs=0.1, rel=1e-6)


def test_plateaus_are_looked_for_where_controls_had_bad_luck():
    rows = simulate(LAWS["none"], np.random.default_rng(1), n=2000, sessions=50)
    cells = gather(scored(rows)[0], control=0.05)
    unlucky = np.concatenate(([cells.n[0] * 0.6], cells.k[1:]))
    few = type(cells)(**{**{f: getattr(cells, f) for f in cells.__slots__}, "k": unlucky})
    found = average(thinned(dictionary(few)), few, guess=0.0, phi=1.0)
    assert found.by_plateau.sum() == pytest.approx(1, abs=1e-5)
    assert max(found.by_plateau[0], found.by_plateau[-1]) < 1e-4
    assert found.mean_plateau > 0.7


def test_the_thinned_dictionary_keeps_the_prior_of_no_forgetting():
    cells = gather(scored(simulate(LAWS["step"], np.random.default_rng(1)))[0], control=0.05)
    whole = dictionary(cells)
    part = thinned(whole)
    assert part.prior.sum() == pytest.approx(1)
    assert part.prior[-1] == whole.prior[-1]
    assert np.all(part.in_bin[-1] == 0)


def test_without_the_band_all_else_stays_the_same():
    rows = simulate(LAWS["step"], np.random.default_rng(2))
    bare, whole = estimate_onset(rows, band=False), estimate_onset(rows)
    assert bare.curve == ()
    assert len(whole.curve) > 20
    assert (bare.lo, bare.onset, bare.hi, bare.phi) == (
        whole.lo,
        whole.onset,
        whole.hi,
        whole.phi,
    )


def test_bins_are_narrow_where_probes_lie_close_together():
    rng = np.random.default_rng(4)
    fills = np.concatenate((rng.uniform(0, 0.05, 200), rng.uniform(0.05, 1, 200)))
    near = np.concatenate((fills, rng.uniform(0.5, 0.52, 800)))
    rows = [{"session": i % 20, "fill": x, "score": float(x < 0.51)} for i, x in enumerate(near)]
    edges = gather(scored(rows)[0], control=0.05).edges
    inside = np.diff(edges[(edges > 0.49) & (edges < 0.53)])
    assert inside.min() == pytest.approx(0.005)
    assert np.diff(edges[1:]).max() == pytest.approx(0.0125)
    found = estimate_onset(rows)
    assert found.lo <= 0.51 <= found.hi
    assert found.hi - found.lo <= 0.011
