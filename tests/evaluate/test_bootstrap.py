"""The bootstrap agrees with SciPy, and the jackknife with a brute-force version."""

import weakref

import numpy as np
import pytest
from scipy import stats
from scipy.stats._resampling import BootstrapResult

from assay.evaluate import _bootstrap as bootstrap
from assay.evaluate import bca, jackknife, resample
from assay.metrics import auroc, r2, rmse


def rows(n=40, seed=0):
    random = np.random.default_rng(seed)
    targets = random.normal(size=n)
    return targets, targets + random.exponential(size=n)


def mean(values, weights):
    if weights is None:
        return values.mean()
    return weights @ values / weights.sum(axis=-1)


def metric_by_axis(metric):
    """Return a metric as a function of arrays (..., n), as SciPy requires."""

    def function(targets, predictions, axis=-1):
        flat = np.reshape(targets, (-1, np.shape(targets)[-1]))
        other = np.reshape(predictions, flat.shape)
        values = [metric(t, p) for t, p in zip(flat, other, strict=True)]
        return np.reshape(values, np.shape(targets)[:-1])

    return function


@pytest.mark.parametrize("level", [0.8, 0.95])
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("statistic", "arrays", "reference"),
    [
        (mean, rows(25)[:1], np.mean),
        (rmse, rows(), metric_by_axis(rmse)),
        (r2, rows(), metric_by_axis(r2)),
    ],
)
def test_bca_agrees_with_scipy_on_the_same_draws(
    statistic, arrays, reference, seed, level
):
    draws = bootstrap.draw(statistic, *arrays, seed=seed, num_resamples=999)
    expected = stats.bootstrap(
        arrays,
        reference,
        paired=True,
        vectorized=True,
        confidence_level=level,
        method="BCa",
        n_resamples=0,
        bootstrap_result=BootstrapResult(None, draws, draws.std()),
    ).confidence_interval
    interval = bca(statistic, *arrays, seed=seed, level=level, num_resamples=999)
    assert interval == pytest.approx((expected.low, expected.high), rel=1e-9)


def test_jackknife_leaves_out_one_row_at_a_time():
    targets, predictions = rows(20)
    expected = [
        rmse(np.delete(targets, i), np.delete(predictions, i)) for i in range(20)
    ]
    np.testing.assert_allclose(jackknife(rmse, targets, predictions), expected)


def test_jackknife_of_many_rows_leaves_out_groups():
    values = np.random.default_rng(0).exponential(size=2000)
    groups = np.arange(2000) % 200
    expected = [values[groups != group].mean() for group in range(200)]
    np.testing.assert_allclose(jackknife(mean, values), expected)


@pytest.mark.parametrize("n", [50, 1000])
def test_jackknife_variance_of_a_mean_is_the_textbooks(n):
    values = np.random.default_rng(0).exponential(size=n)
    expected = values.var(ddof=1) / n
    assert bootstrap.variance(jackknife(mean, values)) == pytest.approx(expected)


def test_jackknife_variance_by_groups_is_that_of_the_group_means():
    values = np.random.default_rng(0).exponential(size=20_000)
    means = values.reshape(100, 200).mean(axis=0)
    expected = means.var(ddof=1) / 200
    assert bootstrap.variance(jackknife(mean, values)) == pytest.approx(expected)


def test_acceleration_is_a_sixth_of_the_skewness():
    values = np.random.default_rng(0).exponential(size=800)
    # for a mean: Efron, 1987, equation 4.4
    expected = stats.skew(values) / (6 * np.sqrt(800))
    assert bootstrap.acceleration(jackknife(mean, values)) == pytest.approx(expected)


def test_resamples_are_counts_of_n_draws():
    weights = np.concatenate(list(resample(30, 500, seed=0)))
    assert weights.shape == (500, 30)
    assert (weights.sum(axis=1) == 30).all()
    assert weights.mean() == 1
    # the probability that a row is drawn at all is 1 - (1 - 1/30)**30
    assert (weights > 0).mean() == pytest.approx(1 - (29 / 30) ** 30, abs=0.01)


def test_the_same_seed_gives_the_same_interval_for_any_block_size(monkeypatch):
    first = bca(r2, *rows(), seed=3)
    assert bca(r2, *rows(), seed=3) == first
    assert bca(r2, *rows(), seed=4) != first
    monkeypatch.setattr(bootstrap, "_BLOCK", 401)
    assert bca(r2, *rows(), seed=3) == pytest.approx(first, rel=1e-12)


def test_a_block_of_weights_is_freed_before_the_next_one():
    seen = []

    def block(number):
        assert all(earlier() is None for earlier in seen)
        weights = np.full((2, 5), 1.0 + number)
        seen.append(weakref.ref(weights))
        return weights

    values = bootstrap.by_block(mean, np.arange(5.0), weights=map(block, range(3)))
    np.testing.assert_array_equal(values, np.full(6, 2.0))
    assert len(seen) == 3


def test_many_rows_get_fewer_resamples(monkeypatch):
    assert bootstrap.affordable(2000, 1000) == 2000
    assert bootstrap.affordable(2000, 1_000_000) == 200
    monkeypatch.setattr(bootstrap, "_BUDGET", 20_000)
    assert sum(len(w) for w in resample(50, bootstrap.affordable(2000, 50), 0)) == 400


def test_draws_without_a_defined_statistic_are_dropped():
    targets, scores = np.array([1] + [0] * 11), np.linspace(0.9, 0.1, 12)
    draws = bootstrap.draw(auroc, targets, scores, seed=0, num_resamples=500)
    # AUROC requires the only row of class 1 and at least one other row
    weights = np.concatenate(list(resample(12, 500, seed=0)))
    assert len(draws) == ((weights[:, 0] > 0) & (weights[:, 0] < 12)).sum()
    assert np.isfinite(draws).all()


def test_an_undefined_statistic_has_no_interval():
    low, high = bca(auroc, np.zeros(5, int), np.linspace(0, 1, 5), seed=0)
    assert np.isnan(low)
    assert np.isnan(high)


def test_equal_rows_give_an_interval_without_width():
    assert bca(mean, np.ones(9), seed=0) == (1, 1)


def test_jackknife_of_one_row_is_empty():
    def never(*arrays):
        raise AssertionError("there are no rows left to compute it from")

    assert jackknife(never, np.ones(1)).size == 0
