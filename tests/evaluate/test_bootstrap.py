"""The bootstrap against SciPy's, and resampling itself."""

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


@pytest.mark.parametrize("level", [0.8, 0.95])
@pytest.mark.parametrize("seed", range(5))
def test_bca_is_scipys_on_the_same_draws(seed, level):
    values = np.random.default_rng(seed).exponential(size=25)
    draws = bootstrap.draw(mean, values, seed=seed, num_resamples=999)
    expected = stats.bootstrap(
        (values,),
        np.mean,
        confidence_level=level,
        method="BCa",
        n_resamples=0,
        bootstrap_result=BootstrapResult(None, draws, draws.std()),
    ).confidence_interval
    found = bca(mean, values, seed=seed, level=level, num_resamples=999)
    assert found == pytest.approx((expected.low, expected.high), rel=1e-10)


@pytest.mark.parametrize("statistic", [rmse, r2])
def test_bca_agrees_with_scipys_own_draws(statistic):
    def by_axis(targets, predictions, axis=-1):
        flat = np.reshape(targets, (-1, np.shape(targets)[-1]))
        other = np.reshape(predictions, flat.shape)
        values = [statistic(t, p) for t, p in zip(flat, other, strict=True)]
        return np.reshape(values, np.shape(targets)[:-1])

    expected = stats.bootstrap(
        rows(),
        by_axis,
        paired=True,
        vectorized=True,
        n_resamples=4000,
        rng=np.random.default_rng(0),
    ).confidence_interval
    found = bca(statistic, *rows(), seed=0, num_resamples=4000)
    width = expected.high - expected.low
    assert found == pytest.approx((expected.low, expected.high), abs=0.06 * width)


def test_jackknife_leaves_out_one_row_at_a_time():
    targets, predictions = rows(20)
    expected = [
        rmse(np.delete(targets, i), np.delete(predictions, i)) for i in range(20)
    ]
    np.testing.assert_allclose(jackknife(rmse, targets, predictions), expected)


def test_jackknife_of_many_rows_leaves_out_groups_with_the_same_variance():
    values = np.random.default_rng(0).exponential(size=20_000)
    left_out = jackknife(mean, values)
    assert len(left_out) == 200
    assert bootstrap.variance(left_out) == pytest.approx(values.var() / 20_000, rel=0.2)


def test_grouped_acceleration_is_that_of_single_rows(monkeypatch):
    values = np.random.default_rng(0).exponential(size=800)
    single = bootstrap.acceleration(jackknife(mean, values))
    monkeypatch.setattr(bootstrap, "MAX_SINGLE", 400)
    grouped = bootstrap.acceleration(jackknife(mean, values))
    assert single > 0.005
    assert grouped == pytest.approx(single, rel=0.4)


def test_resamples_are_counts_of_n_draws():
    weights = np.concatenate(list(resample(30, 500, seed=0)))
    assert weights.shape == (500, 30)
    assert (weights.sum(axis=1) == 30).all()
    assert weights.mean() == 1
    # a row is drawn at all with chance 1 - (1 - 1/30)**30
    assert (weights > 0).mean() == pytest.approx(1 - (29 / 30) ** 30, abs=0.01)


def test_same_seed_same_interval_whatever_the_blocks(monkeypatch):
    first = bca(r2, *rows(), seed=3)
    assert bca(r2, *rows(), seed=3) == first
    assert bca(r2, *rows(), seed=4) != first
    monkeypatch.setattr(bootstrap, "_BLOCK", 401)
    assert bca(r2, *rows(), seed=3) == pytest.approx(first, rel=1e-12)


def test_many_rows_get_fewer_resamples(monkeypatch):
    assert bootstrap.affordable(2000, 1000) == 2000
    assert bootstrap.affordable(2000, 1_000_000) == 200
    monkeypatch.setattr(bootstrap, "_BUDGET", 20_000)
    assert sum(len(w) for w in resample(50, bootstrap.affordable(2000, 50), 0)) == 400


def test_draws_that_do_not_define_the_statistic_are_left_out():
    targets, scores = np.array([1] + [0] * 11), np.linspace(0.9, 0.1, 12)
    draws = bootstrap.draw(auroc, targets, scores, seed=0, num_resamples=500)
    # the lone row of class 1 is missing from (11/12)**12 of the resamples
    assert len(draws) == pytest.approx(500 * (1 - (11 / 12) ** 12), abs=40)
    assert np.isfinite(draws).all()


def test_a_statistic_that_is_never_defined_has_no_interval():
    low, high = bca(auroc, np.zeros(5, int), np.linspace(0, 1, 5), seed=0)
    assert np.isnan(low)
    assert np.isnan(high)


def test_equal_draws_give_an_interval_without_width():
    assert bca(mean, np.ones(9), seed=0) == (1, 1)


def test_jackknife_of_one_row_is_empty():
    def never(*arrays):
        raise AssertionError("nothing is left to compute it from")

    assert jackknife(never, np.ones(1)).size == 0
