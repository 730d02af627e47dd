"""Random masks are uniform and uncorrelated."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from assay.nn._masks import Draws, fold, keep_mask


def uniform(key, shape):
    """Draw uniform numbers with a key."""
    return Draws(key).uniform(shape)


def numbers(seed, shape=(1000, 100)):
    """Draw uniform numbers with the key of a seed."""
    return np.float64(uniform(jax.random.key(seed), shape))


def test_numbers_are_uniform():
    """100,000 numbers have the range, moments and chi-squared of uniform numbers."""
    u = numbers(0)
    assert u.min() >= 0 and u.max() < 1
    assert u.mean() == pytest.approx(0.5, abs=4 * (1 / 12 / u.size) ** 0.5)
    assert u.var() == pytest.approx(1 / 12, abs=4 * (1 / 180 / u.size) ** 0.5)
    counts = np.histogram(u, 256, (0, 1))[0]
    chi_squared = ((counts - u.size / 256) ** 2 / (u.size / 256)).sum()
    assert abs(chi_squared - 255) < 4 * (2 * 255) ** 0.5
    assert len(np.unique(u)) > 0.99 * u.size


def correlation(a, b):
    """Return the correlation in standard errors."""
    return abs(np.corrcoef(a.ravel(), b.ravel())[0, 1]) * a.size**0.5


def test_neighbors_are_uncorrelated():
    u = numbers(0)
    assert correlation(u[:, :-1], u[:, 1:]) < 4
    assert correlation(u[:-1], u[1:]) < 4


def test_successive_keys_give_uncorrelated_numbers():
    """A key is folded per iteration, and the result is folded per layer."""
    key = jax.random.key(3)  # its words are 0 and 3
    keys = [fold(fold(key, i), j) for i in range(10) for j in (1, 2)]
    drawn = [np.float64(uniform(key, (100, 100))) for key in keys]
    for i, one in enumerate(drawn):
        for other in drawn[i + 1 :]:
            assert correlation(one, other) < 5
    over_time = np.stack(drawn).mean(0)  # at one position, sd 0.065
    assert np.abs(over_time - 0.5).max() < 5 * (1 / 12 / 20) ** 0.5


def test_words_of_folded_keys_are_spread_evenly():
    """All of 20,000 keys are different, and each bit is 1 half of the time."""
    keys = jax.vmap(lambda i: fold(jax.random.key(0), i))(jnp.arange(20_000))
    words = np.asarray(jax.random.key_data(keys))
    assert len({tuple(pair) for pair in words.tolist()}) == len(words)
    bits = np.unpackbits(words.view(np.uint8), axis=1)
    assert np.abs(bits.mean(axis=0) - 0.5).max() < 5 * (0.25 / len(words)) ** 0.5
    assert correlation(words[:, 0], words[:, 1]) < 4


def test_numbers_depend_on_key_and_shape_only():
    np.testing.assert_array_equal(numbers(1), numbers(1))
    assert (numbers(1) != numbers(2)).mean() > 0.99
    compiled = jax.jit(uniform, static_argnums=1)(jax.random.key(1), (1000, 100))
    np.testing.assert_array_equal(compiled, numbers(1))


@pytest.mark.parametrize("probability", [0.0, 0.1, 0.5, 0.97, 1.0])
def test_a_mask_keeps_the_given_fraction(probability):
    mask = keep_mask(jax.random.key(0), (1000, 100), jnp.float32(probability))
    assert mask.shape == (1000, 100) and mask.dtype == bool
    error = (probability * (1 - probability) / mask.size) ** 0.5
    assert abs(float(mask.mean()) - probability) <= 4 * error
