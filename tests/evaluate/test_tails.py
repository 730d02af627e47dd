"""L-kurtosis agrees with SciPy, and its intervals cover heavy-tailed data."""

import math

import numpy as np
import pytest
from scipy import stats

from assay.evaluate import log_delta
from assay.evaluate._tails import NORMAL_L_KURTOSIS, l_kurtosis, tail_delta


@pytest.mark.parametrize("n", [2, 3, 10, 101])
def test_l_kurtosis_agrees_with_scipy(n):
    errors = np.random.default_rng(n).standard_t(4, size=n)
    expected = stats.lmoment(np.concatenate([errors, -errors]), 4)
    assert l_kurtosis(errors) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("distribution", "expected"),
    [
        (stats.norm(), NORMAL_L_KURTOSIS),
        (stats.uniform(-1, 2), 0),
        (stats.logistic(), 1 / 6),  # Hosking, 1990, table 1
    ],
)
def test_l_kurtosis_of_known_distributions(distribution, expected):
    quantiles = distribution.ppf((np.arange(20_000) + 0.5) / 20_000)
    assert l_kurtosis(quantiles) == pytest.approx(expected, abs=1e-3)


def test_upper_end_counts_one_more_row():
    errors = np.random.default_rng(0).standard_t(3, size=40)
    squares = errors**2
    size = 1.959964 / 2 * (1 + 12 * (l_kurtosis(errors) - 0.1226))
    more = np.append(squares, size * squares.max())
    quantile = stats.t.ppf(0.975, 39)
    error = more.std(ddof=1) / more.mean() / math.sqrt(41)
    low, high = tail_delta(errors)
    assert low == pytest.approx(log_delta(squares)[0])
    assert high == pytest.approx(more.mean() * math.exp(quantile * error), rel=1e-6)


def test_one_outlier_counts_at_most_five_times():
    errors = np.append(np.full(59, 0.01), 1.0)
    more = np.append(errors**2, 5 * 1.959964 / 2)
    error = more.std(ddof=1) / more.mean() / math.sqrt(61)
    expected = more.mean() * math.exp(stats.t.ppf(0.975, 59) * error)
    assert tail_delta(errors)[1] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("scale", [1e-6, 1e6])
def test_interval_scales_with_the_unit(scale):
    errors = np.random.default_rng(1).normal(size=30)
    expected = np.array(tail_delta(errors)) * scale**2
    np.testing.assert_allclose(tail_delta(errors * scale), expected, rtol=1e-9)


def test_interval_of_zeros_of_one_row_and_of_equal_rows():
    assert tail_delta(np.zeros(5)) == (0, 0)
    assert all(math.isnan(end) for end in tail_delta(np.ones(1)))
    assert tail_delta(np.ones(4)) == pytest.approx((1, 1))


def test_light_tails_leave_the_delta_method():
    errors = np.linspace(-1, 1, 40)
    assert tail_delta(errors) == pytest.approx(log_delta(errors**2))


def test_two_rows_at_a_level_near_1_have_finite_ends():
    low, high = tail_delta(np.array([1e-3, 1.0]), level=0.99999)
    assert 0 <= low < high < math.inf


def samples(distribution, n, repeats):
    random = np.random.default_rng(0)
    return distribution.rvs(size=(repeats, n), random_state=random)


@pytest.mark.parametrize(
    ("distribution", "n", "expected"),
    [
        (stats.uniform(-1, 2), 60, 0.950),
        (stats.norm(), 60, 0.958),
        (stats.norm(), 150, 0.961),
        (stats.t(5), 60, 0.944),
        (stats.t(5), 150, 0.966),
        (stats.t(3), 60, 0.894),
        (stats.t(3), 150, 0.926),
    ],
)
def test_coverage(distribution, n, expected):
    # expected values come from 20 000 samples and the same formula
    ends = np.array([tail_delta(row) for row in samples(distribution, n, 1000)])
    truth = distribution.var()
    coverage = ((ends[:, 0] <= truth) & (truth <= ends[:, 1])).mean()
    standard_error = math.sqrt(expected * (1 - expected) / 1000)
    assert coverage == pytest.approx(expected, abs=3 * standard_error)


def test_intervals_of_normal_errors_are_hardly_wider():
    rows = samples(stats.norm(), 150, 500)
    ends = np.sqrt([tail_delta(row) for row in rows])
    plain = np.array([log_delta(row**2, power=0.5) for row in rows])
    assert 1 < np.median(np.diff(ends)) / np.median(np.diff(plain)) < 1.15
