"""Paired comparisons agree with exact references and control the error rate."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from assay import metrics
from assay._errors import InputError
from assay.evaluate import compare, mcnemar, sign_flip
from assay.evaluate._comparison import paired_interval


def hits(both, only_a, only_b, neither):
    a = [1] * both + [1] * only_a + [0] * only_b + [0] * neither
    b = [1] * both + [0] * only_a + [1] * only_b + [0] * neither
    return np.array(a, bool), np.array(b, bool)


@given(st.integers(0, 300), st.integers(0, 300))
def test_mcnemar_is_twice_the_binomial_tail(only_a, only_b):
    n, fewer = only_a + only_b, min(only_a, only_b)
    tail = Fraction(sum(math.comb(n, i) for i in range(fewer + 1)), 2**n)
    expected = float(min(1, 2 * tail))
    assert mcnemar(*hits(3, only_a, only_b, 2)) == pytest.approx(expected, rel=1e-9)


def test_mcnemar_of_many_rows():
    # the normal limit with its continuity correction
    expected = 2 * stats.norm.sf(599 / math.sqrt(100_000))
    assert mcnemar(*hits(0, 50_300, 49_700, 0)) == pytest.approx(expected, rel=1e-4)


def test_the_example_of_the_r_package_contingencytables():
    # its tests, chapter 8: McNemar_exact_cond_test_paired_2x2 and
    # Newcombe_square_and_add_CI_paired_2x2 of rbind(c(59, 6), c(16, 80))
    pair = hits(59, 6, 16, 80)
    assert mcnemar(*pair) == pytest.approx(0.052479, abs=5e-7)
    interval = paired_interval(*pair, level=0.95)
    assert interval == pytest.approx((-0.1186, -0.0046), abs=5e-5)


@pytest.mark.parametrize("shares", [(0.7, 0.1, 0.1, 0.1), (0.9, 0.06, 0.02, 0.02)])
def test_paired_interval_covers(shares):
    random, truth, covered = np.random.default_rng(0), shares[1] - shares[2], []
    for counts in random.multinomial(60, shares, 1000):
        low, high = paired_interval(*hits(*counts), level=0.95)
        covered.append(low <= truth <= high)
    # 0.95 minus 3 standard errors of 1000 repetitions
    assert np.mean(covered) > 0.93


@given(st.tuples(*[st.integers(0, 30)] * 4).filter(any))
def test_paired_interval_contains_the_difference_and_changes_sign_with_it(counts):
    a, b = hits(*counts)
    low, high = paired_interval(a, b, level=0.95)
    assert low - 1e-12 <= a.mean() - b.mean() <= high + 1e-12
    assert paired_interval(b, a, level=0.95) == pytest.approx((-high, -low))


def test_sign_flip_approximates_the_exact_permutation_test():
    differences = np.array([1.5, -0.2, 0.7, 2.0, -0.4, 0.9, 0.1, 1.1])
    flips = np.array(list(itertools.product([-1, 1], repeat=8))) @ differences
    exact = (np.abs(flips) >= differences.sum() - 1e-9).mean()
    assert sign_flip(differences, seed=0) == pytest.approx(exact, abs=0.01)
    assert sign_flip(-differences, seed=0) == sign_flip(differences, seed=0)


def test_sign_flip_of_no_difference():
    assert sign_flip(np.zeros(5), seed=0) == 1


def two_models(random, n, right, shared):
    """Return targets 3:1 and two equally good models with some hits in common."""
    targets = (random.random(n) < 0.25).astype(int)
    targets[:2] = 0, 1
    base = random.random(n) < right
    pair = []
    for _ in range(2):
        own = random.random(n) < right
        hit = np.where(random.random(n) < shared, base, own)
        pair.append(np.where(hit, targets, 1 - targets) * 1.0)
    return targets, *pair


@pytest.mark.parametrize("metric", ["accuracy", "balanced_accuracy", "brier"])
@pytest.mark.parametrize(("n", "right", "shared"), [(36, 0.7, 0.8), (100, 0.95, 0.8)])
def test_equal_models_are_rarely_distinguished(metric, n, right, shared):
    random, distinguished = np.random.default_rng(0), []
    for seed in range(150):
        targets, a, b = two_models(random, n, right, shared)
        result = compare(a, b, targets, metric=metric, seed=seed)
        distinguished.append(result.better is not None)
    # 0.05 plus 3 standard errors of 150 repetitions; a bootstrap alone reaches 0.2
    assert np.mean(distinguished) < 0.103


CASES = [(name, kind) for name, m in metrics.REGISTRY.items() for kind in m.tasks]


def sample(kind, seed=0, n=80):
    """Return targets, good predictions and useless predictions."""
    random = np.random.default_rng(seed)
    if kind == "regression":
        targets = random.normal(size=n)
        return targets, targets + 0.2 * random.normal(size=n), random.normal(size=n)
    k = 2 if kind == "binary" else 3
    targets = np.arange(n) % k
    good = np.full((n, k), 0.1) + (1 - 0.1 * k) * np.eye(k)[targets]
    bad = random.dirichlet(np.full(k, 0.3), n)
    return (targets, good, bad) if k > 2 else (targets, good[:, 1], bad[:, 1])


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_a_clear_difference_is_found_in_both_directions(name, kind):
    targets, good, bad = sample(kind)
    metric = metrics.get(name)
    result = compare(good, bad, targets, metric=metric, names=("net", "guess"), seed=0)
    assert result.difference == metric(targets, good) - metric(targets, bad)
    assert result.interval[0] <= result.difference <= result.interval[1]
    assert result.better is True
    assert result.words == "better than guess"
    swapped = compare(bad, good, targets, metric=metric, names=("guess", "net"), seed=0)
    assert swapped.better is False
    assert swapped.words.startswith("worse than net (p ")
    assert swapped.p_value == pytest.approx(result.p_value)
    assert result == compare(
        good, bad, targets, metric=name, names=("net", "guess"), seed=0
    )


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_equal_predictions_are_not_distinguishable(name, kind):
    targets, good, _ = sample(kind)
    result = compare(good, good, targets, metric=name, seed=0)
    assert result.difference == 0
    assert result.p_value == 1
    assert result.better is None
    assert result.words == "not distinguishable from baseline (p = 1)"


@settings(max_examples=40)
@given(st.integers(0, 2**31), st.sampled_from(CASES), st.floats(0, 1))
def test_p_value_and_interval_never_contradict_each_other(seed, case, share):
    name, kind = case
    targets, good, bad = sample(kind, seed, n=24)
    mixed = np.where(
        np.random.default_rng(seed).random((24,) + (1,) * (good.ndim - 1)) < share,
        good,
        bad,
    )
    result = compare(mixed, bad, targets, metric=name, seed=seed)
    low, high = result.interval
    assert 0 < result.p_value <= 1
    if result.p_value >= 0.05:
        assert low <= 0 <= high
    if result.better is not None:
        assert result.p_value < 0.05
        assert not low <= 0 <= high


def test_words_give_the_p_value():
    targets = np.array([0, 1] * 12)
    a = np.where(np.arange(24) < 7, 1 - targets, targets) * 1.0
    b = np.where((np.arange(24) > 4) & (np.arange(24) < 15), 1 - targets, targets) * 1.0
    result = compare(a, b, targets, names=("net", "linear model"), seed=0)
    assert result.words == "not distinguishable from linear model (p = 0.58)"
    assert result.to_json()["words"] == result.words
    assert result.method == "mcnemar"


def test_methods():
    targets, good, bad = sample("binary")
    methods = {
        name: compare(good, bad, targets, metric=name, seed=0).method
        for name in ("accuracy", "balanced_accuracy", "log_loss", "auroc", "f1")
    }
    assert methods == {
        "accuracy": "mcnemar",
        "balanced_accuracy": "sign_flip",
        "log_loss": "sign_flip",
        "auroc": "bootstrap",
        "f1": "bootstrap",
    }


def test_arrays_that_do_not_fit_are_rejected():
    with pytest.raises(InputError, match=r"a\.shape == b\.shape"):
        compare(np.zeros(3), np.zeros(4), np.zeros(3, int), seed=0)
    with pytest.raises(InputError, match=r"predictions\.shape == "):
        compare(np.zeros(4), np.zeros(4), np.zeros(3, int), seed=0)
    with pytest.raises(InputError, match="0 < level < 1"):
        compare(np.zeros(3), np.zeros(3), np.zeros(3, int), seed=0, level=5)
