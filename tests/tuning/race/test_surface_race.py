"""Races on test surfaces agree with closed forms and approach the minima."""

import jax
import numpy as np
import pytest

from assay import optim
from assay._errors import InputError
from assay.tuning import SURFACES, get_surface, race_surface


@pytest.mark.parametrize("surface", SURFACES.values(), ids=SURFACES)
def test_minima_are_where_they_are_said_to_be(surface):
    value_and_slope = jax.jit(jax.value_and_grad(surface.function))
    for place in surface.minima:
        value, slope = value_and_slope(np.float32(place))
        assert float(value) == pytest.approx(surface.least, abs=1e-6)
        np.testing.assert_allclose(slope, 0, atol=1e-4)
        for at, (low, high) in zip(place, surface.window, strict=True):
            assert low < at < high
    rng = np.random.default_rng(0)
    points = np.float32(rng.uniform(*zip(*surface.window, strict=True), size=(2000, 2)))
    values = np.asarray(jax.jit(jax.vmap(surface.function))(points))
    assert (values >= surface.least - 1e-5).all()
    assert value_and_slope(np.float32(surface.start))[0] > surface.least


def test_plain_descent_on_the_bowl_is_a_closed_form():
    rate = 0.03
    (way,) = race_surface("bowl", ["sgd"], num_iterations=30, rates=[rate])
    steps = np.arange(31)[:, None]
    expected = [-4.0, 1.0] * np.array([1 - rate, 1 - 50 * rate]) ** steps
    np.testing.assert_allclose(way.points, expected, rtol=1e-4, atol=1e-7)
    x, y = expected.T
    np.testing.assert_allclose(way.values, (x**2 + 50 * y**2) / 2, rtol=1e-3)
    norms = np.sqrt(x**2 + (50 * y) ** 2)
    np.testing.assert_allclose(way.gradient_norms, norms, rtol=1e-3)


def test_each_runs_at_its_best_rate():
    """On the bowl, gradient descent is best just below a rate of 2 / (1 + 50)."""
    (way,) = race_surface("bowl", ["sgd"])
    ends = {
        rate: race_surface("bowl", ["sgd"], rates=[rate])[0].values[-1]
        for rate in (way.learning_rate / 1.78, way.learning_rate * 1.78)
    }
    assert all(way.values[-1] < end or not np.isfinite(end) for end in ends.values())
    assert 0.02 < way.learning_rate < 0.04


@pytest.mark.parametrize("name", SURFACES)
def test_ways_lead_down_to_a_minimum(name):
    """One surface tests every optimizer, and the others test common optimizers."""
    surface = get_surface(name)
    kinds = list(optim.REGISTRY) if name == "beale" else ["sgd", "momentum", "adam"]
    ways = race_surface(name, kinds, num_iterations=300)
    assert sorted(way.racer for way in ways) == sorted(kinds)
    ends = [way.values[-1] for way in ways]
    assert ends == sorted(ends)
    value_at = jax.jit(jax.vmap(surface.function))
    for way in ways:
        assert way.points.shape == (301, 2)
        np.testing.assert_array_equal(way.points[0], np.float32(surface.start))
        values = value_at(way.points)
        np.testing.assert_allclose(way.values, values, rtol=1e-3, atol=1e-5)
        assert way.values[-1] < way.values[0]
    best = ways[0].points[-1]
    gaps = [np.abs(best - place).max() for place in surface.minima]
    assert min(gaps) < 0.05


def test_unknown_surfaces_are_refused():
    with pytest.raises(InputError, match="Did you mean 'rosenbrock'"):
        race_surface("rosenbrok")
