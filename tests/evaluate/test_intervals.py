"""Closed-form intervals: reference values, bounds, and how often they cover."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import betainc

from assay._errors import InputError
from assay.evaluate import log_delta, share_interval, tail_note, wilson
from assay.evaluate._intervals import student_quantile

levels = st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99])


@given(st.integers(1, 2000), st.data(), levels)
def test_wilson_is_scipys(n, data, level):
    successes = data.draw(st.integers(0, n))
    expected = stats.binomtest(successes, n).proportion_ci(level, method="wilson")
    found = wilson(successes, n, level=level)
    assert found == pytest.approx((expected.low, expected.high), abs=1e-12)


@given(st.floats(0.1, 1e6), st.floats(0, 1), levels)
def test_wilson_holds_the_share_within_0_and_1(n, share, level):
    low, high = wilson(share * n, n, level=level)
    assert 0 <= low <= share * n / n <= high <= 1
    flipped = wilson(n - share * n, n, level=level)
    assert flipped == pytest.approx((1 - high, 1 - low), abs=1e-9)


def test_wilson_ends_exactly():
    assert wilson(0, 7)[0] == 0
    assert wilson(7, 7)[1] == 1


@pytest.mark.parametrize(
    ("successes", "n", "level", "message"),
    [
        (8, 7, 0.95, "`0 <= successes <= n, n > 0` must hold"),
        (-1, 7, 0.95, "got (successes, n)=(-1, 7)"),
        (0, 0, 0.95, "Count the successes among the n."),
        (1, 7, 95, "`0 < level < 1` must hold, but got level=95. Write 0.95."),
    ],
)
def test_wilson_says_what_is_wrong(successes, n, level, message):
    with pytest.raises(InputError) as error:
        wilson(successes, n, level=level)
    assert message in str(error.value)


def coverage(low, high, n, shares):
    """How often the intervals of 0..n successes hold each share, averaged, exactly."""
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
def test_wilson_covers_averaged_over_every_share(n):
    s = np.arange(n + 1)
    low, high = np.array([wilson(k, n) for k in s]).T
    # integral over p of Binomial(k; n, p) from low to high, in closed form
    mass = betainc(s + 1, n - s + 1, high) - betainc(s + 1, n - s + 1, low)
    assert mass.sum() / (n + 1) == pytest.approx(0.952, abs=0.006)


@pytest.mark.parametrize("freedom", [9, 20, 35, 100, 1000])
@pytest.mark.parametrize("level", [0.8, 0.9, 0.95, 0.99])
def test_student_quantile(freedom, level):
    expected = stats.t.ppf((1 + level) / 2, freedom)
    assert student_quantile(level, freedom) == pytest.approx(expected, rel=0.003)


@given(st.integers(0, 200), levels)
def test_share_interval_of_a_proportion_is_wilsons(successes, level):
    n, p = 200, successes / 200
    found = share_interval(p, p * (1 - p) / n, n, level=level)
    assert found == pytest.approx(wilson(successes, n, level=level), abs=1e-9)


@given(st.floats(0, 1), st.floats(0, 0.25), st.floats(1, 1e5), levels)
def test_share_interval_holds_the_value(value, variance, num_trials, level):
    low, high = share_interval(value, variance, num_trials, level=level)
    assert 0 <= low <= value + 1e-12
    assert value - 1e-12 <= high <= 1


def test_share_interval_without_an_error_seen_still_has_width():
    assert share_interval(1.0, 0.0, 36) == wilson(36, 36)


def test_share_interval_grows_with_the_variance_once_errors_were_seen():
    widths = [np.diff(share_interval(0.8, v, 200))[0] for v in (1e-4, 1e-3, 4e-3)]
    assert widths == sorted(widths)
    assert widths[2] > 2 * widths[0]


def test_log_delta_is_the_delta_method():
    losses = np.random.default_rng(0).normal(size=50) ** 2
    value = math.sqrt(losses.mean())
    error = 0.5 * losses.std(ddof=1) / losses.mean() / math.sqrt(50)
    t = stats.t.ppf(0.975, 49)
    low, high = log_delta(losses, power=0.5)
    assert low == pytest.approx(value * math.exp(-t * error), rel=1e-6)
    assert high == pytest.approx(value * math.exp(t * error), rel=1e-6)


@settings(max_examples=30)
@given(st.floats(1e-6, 1e6), st.sampled_from([0.5, 1.0]))
def test_log_delta_follows_the_unit(scale, power):
    losses = np.random.default_rng(1).exponential(size=30)
    found = np.array(log_delta(losses * scale, power=power))
    expected = np.array(log_delta(losses, power=power)) * scale**power
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_log_delta_at_the_edges():
    assert log_delta(np.zeros(5)) == (0, 0)
    assert all(math.isnan(end) for end in log_delta(np.ones(1)))
    assert log_delta(np.ones(4)) == (1, 1)


def covered(draw, n, power, truth, repeats=4000):
    """How often the log-delta interval of n losses holds the truth."""
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
    # 3 standard errors of 4000 repeats
    assert covered(draw, n, power, truth) == pytest.approx(expected, abs=0.016)


def test_heavy_tails_on_few_rows_are_told():
    random = np.random.default_rng(0)
    errors = random.standard_t(2.5, size=90)
    note = tail_note(np.zeros(90), errors)
    assert "heavy tails" in note
    assert "look at mae" in note
    assert tail_note(np.zeros(900), random.standard_t(2.5, size=900)) == ""
    assert tail_note(np.zeros(90), random.uniform(-1, 1, 90)) == ""
    assert tail_note(np.zeros(9), np.zeros(9)) == ""


def test_normal_errors_are_rarely_called_heavy():
    random = np.random.default_rng(0)
    told = [bool(tail_note(np.zeros(50), random.normal(size=50))) for _ in range(400)]
    assert np.mean(told) < 0.05
