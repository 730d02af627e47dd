"""Closed-form intervals have the expected values, bounds and coverage."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import betainc

from assay._errors import InputError
from assay.evaluate import log_delta, share_interval, tail_note, wilson

levels = st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99])


@given(st.integers(1, 2000), st.data(), levels)
def test_wilson_agrees_with_scipy(n, data, level):
    successes = data.draw(st.integers(0, n))
    expected = stats.binomtest(successes, n).proportion_ci(level, method="wilson")
    interval = wilson(successes, n, level=level)
    assert interval == pytest.approx((expected.low, expected.high), abs=1e-12)


@given(st.floats(0.1, 1e6), st.floats(0, 1), levels)
def test_wilson_contains_the_share_and_stays_within_0_and_1(n, share, level):
    low, high = wilson(share * n, n, level=level)
    assert 0 <= low <= share * n / n <= high <= 1
    flipped = wilson(n - share * n, n, level=level)
    assert flipped == pytest.approx((1 - high, 1 - low), abs=1e-9)


def test_wilson_ends_at_exactly_0_and_1():
    assert wilson(0, 7)[0] == 0
    assert wilson(7, 7)[1] == 1


@pytest.mark.parametrize(
    ("successes", "n", "level", "message"),
    [
        (8, 7, 0.95, "`0 <= successes <= n, n > 0` must hold"),
        (-1, 7, 0.95, "got (successes, n)=(-1, 7)"),
        (0, 0, 0.95, "Pass the number of successes in n trials."),
        (1, 7, 95, "`0 < level < 1` must hold, but got level=95. Write 0.95."),
    ],
)
def test_wilson_rejects_impossible_counts(successes, n, level, message):
    with pytest.raises(InputError) as error:
        wilson(successes, n, level=level)
    assert message in str(error.value)


def coverage(low, high, n, shares):
    """Return the exact average coverage of the intervals for 0..n successes."""
    chances = stats.binom.pmf(np.arange(n + 1)[:, None], n, shares)
    inside = (low[:, None] <= shares) & (shares <= high[:, None])
    return (chances * inside).sum(axis=0).mean()


def test_wilson_covers_on_36_rows_and_the_textbook_does_not():
    n, z = 36, stats.norm.ppf(0.975)
    low, high = np.array([wilson(s, n) for s in range(n + 1)]).T
    p = np.arange(n + 1) / n
    half = z * np.sqrt(p * (1 - p) / n)
    shares = np.linspace(0.8, 0.99, 4001)
    assert coverage(low, high, n, shares) == pytest.approx(0.954, abs=0.001)
    assert coverage(p - half, p + half, n, shares) == pytest.approx(0.846, abs=0.001)


@pytest.mark.parametrize("n", [5, 10, 36, 270])
def test_wilson_covers_on_average_over_all_shares(n):
    s = np.arange(n + 1)
    low, high = np.array([wilson(k, n) for k in s]).T
    # the integral over p of Binomial(k; n, p) from low to high in closed form
    mass = betainc(s + 1, n - s + 1, high) - betainc(s + 1, n - s + 1, low)
    assert mass.sum() / (n + 1) == pytest.approx(0.952, abs=0.006)


@given(st.integers(0, 200), levels)
def test_share_interval_of_a_proportion_equals_wilson(successes, level):
    n, p = 200, successes / 200
    interval = share_interval(p, p * (1 - p) / n, n, level=level)
    assert interval == pytest.approx(wilson(successes, n, level=level), abs=1e-9)


@given(st.floats(0, 1), st.floats(0, 0.25), st.floats(1, 1e5), levels)
def test_share_interval_contains_the_value(value, variance, num_trials, level):
    low, high = share_interval(value, variance, num_trials, level=level)
    assert 0 <= low <= value + 1e-12
    assert value - 1e-12 <= high <= 1


def test_share_interval_without_any_error_still_has_width():
    assert share_interval(1.0, 0.0, 36) == wilson(36, 36)


def test_share_interval_grows_with_the_variance_if_there_are_errors():
    widths = [np.diff(share_interval(0.8, v, 200))[0] for v in (1e-4, 1e-3, 4e-3)]
    assert widths == sorted(widths)
    assert widths[2] > 2 * widths[0]


def test_log_delta_is_the_delta_method():
    losses = np.random.default_rng(0).normal(size=50) ** 2
    value = math.sqrt(losses.mean())
    error = 0.5 * losses.std(ddof=1) / losses.mean() / math.sqrt(50)
    t = stats.t.ppf(0.975, 49)
    low, high = log_delta(losses, power=0.5)
    assert low == pytest.approx(value * math.exp(-t * error), rel=1e-12)
    assert high == pytest.approx(value * math.exp(t * error), rel=1e-12)


# Student's t from textbook tables, which small samples require
@pytest.mark.parametrize(
    ("n", "level", "quantile"),
    [
        *[(2, 0.95, 12.7062), (3, 0.95, 4.3027), (4, 0.95, 3.1824), (5, 0.95, 2.7764)],
        *[(2, 0.99, 63.6567), (3, 0.99, 9.9248), (11, 0.99, 3.1693)],
        *[(2, 0.80, 3.0777), (31, 0.80, 1.3104)],
    ],
)
def test_log_delta_uses_students_quantile(n, level, quantile):
    losses = np.arange(1.0, n + 1)
    low, high = log_delta(losses, level=level)
    error = losses.std(ddof=1) / losses.mean() / math.sqrt(n)
    assert math.log(high / low) / (2 * error) == pytest.approx(quantile, abs=5e-5)


@settings(max_examples=30)
@given(st.floats(1e-6, 1e6), st.sampled_from([0.5, 1.0]))
def test_log_delta_scales_with_the_unit(scale, power):
    losses = np.random.default_rng(1).exponential(size=30)
    interval = np.array(log_delta(losses * scale, power=power))
    expected = np.array(log_delta(losses, power=power)) * scale**power
    np.testing.assert_allclose(interval, expected, rtol=1e-9)


def test_log_delta_of_zeros_of_one_row_and_of_equal_rows():
    assert log_delta(np.zeros(5)) == (0, 0)
    assert all(math.isnan(end) for end in log_delta(np.ones(1)))
    assert log_delta(np.ones(4)) == (1, 1)


def log_delta_coverage(draw, n, power, truth, repeats=4000):
    """Return the fraction of log-delta intervals of n losses that contain the truth."""
    losses = np.abs(draw(np.random.default_rng(0), (repeats, n))) ** (1 / power)
    ends = np.array([log_delta(row, power=power) for row in losses])
    return ((ends[:, 0] <= truth) & (truth <= ends[:, 1])).mean()


def normal(random, shape):
    return random.normal(size=shape)


def heavy(random, shape):
    return random.standard_t(5, size=shape)


@pytest.mark.parametrize(
    ("draw", "n", "power", "truth", "expected"),
    [
        (normal, 36, 1.0, math.sqrt(2 / math.pi), 0.949),
        (normal, 36, 0.5, 1.0, 0.931),
        (normal, 270, 0.5, 1.0, 0.947),
        (heavy, 36, 0.5, math.sqrt(5 / 3), 0.875),
        (heavy, 36, 1.0, 0.9490, 0.941),
    ],
)
def test_log_delta_covers(draw, n, power, truth, expected):
    coverage = log_delta_coverage(draw, n, power, truth)
    standard_error = math.sqrt(expected * (1 - expected) / 4000)
    assert coverage == pytest.approx(expected, abs=3 * standard_error)


@pytest.mark.parametrize("n", [2, 60, 149])
def test_few_rows_get_a_note_whatever_their_errors(n):
    """Intervals that are too narrow come from samples whose tails look light."""
    random = np.random.default_rng(0)
    note = tail_note(np.zeros(n), random.uniform(-1, 1, n))
    assert note.startswith(f"{n} rows cannot show whether the errors have heavy tails.")
    assert "the coverage of a 95% interval may be only 87%" in note
    assert note == tail_note(np.zeros(n), random.standard_t(2.5, size=n))
    assert tail_note(np.zeros(n), np.zeros(n)) == ""
    assert tail_note(np.zeros(1), np.ones(1)) == ""


def test_many_rows_get_a_note_only_without_a_variance():
    random = np.random.default_rng(0)
    for n in (150, 900):
        assert tail_note(np.zeros(n), random.normal(size=n)) == ""
    assert tail_note(np.zeros(900), random.standard_t(5, size=900)) == ""
    assert "heavy tails" in tail_note(np.zeros(900), random.standard_t(1.5, size=900))
