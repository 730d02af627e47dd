"""Named values and gradients can be probed without changing the fit."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from assay.regularize import penalty


def batch_of(fit, data):
    """Return the rows of the next iteration's batch."""
    order = fit.program.orders(fit.seed, fit.epoch, data.train)[0]
    first = fit.iteration % fit.iterations_per_epoch * fit.program.batch_size
    return order[first : min(first + fit.program.batch_size, int(data.train.count))]


def forward(parameters, inputs, targets, shifts):
    """Return (cost, values) of a network with one hidden layer and shifted values."""
    values, x = {}, inputs
    for name in ("dense1", "tanh1", "output"):
        if name in parameters:
            x = x @ parameters[name]["kernel"] + parameters[name]["bias"][None]
        else:
            x = jnp.tanh(x)
        x = values[name] = x + shifts.get(name, 0.0)
    right = jnp.take_along_axis(x, targets[:, None], axis=1)[:, 0]
    return (jax.nn.logsumexp(x, axis=1) - right).mean(), values


FORWARD = jax.jit(forward)


@pytest.mark.parametrize("place", [0, 4, 7])
def test_values_and_gradients_equal_a_forward_pass_and_its_derivative(
    start, training, problem, place
):
    """Probe at the start, in a partial batch of 2 rows, and in the second epoch."""
    data = problem()
    fit = start(training(regularizers=["l2"]), data)
    fit.advance(iterations=place)
    found = fit.probe()
    rows = batch_of(fit, data)
    parameters = fit.last().parameters
    inputs, targets = data.train.inputs[rows], data.train.targets[rows]
    cost, values = FORWARD(parameters, inputs, targets, {})
    assert found["cost"] == pytest.approx(float(cost), rel=1e-5)
    assert set(found["values"]) == set(values) == set(fit.program.network.names)

    def objective(parameters, shifts):
        held = penalty(parameters, fit.hyperparameters.regularizers)
        return forward(parameters, inputs, targets, shifts)[0] + held

    shifts = {name: np.zeros_like(value) for name, value in values.items()}
    derive = jax.jit(jax.grad(objective, argnums=(0, 1)))
    by_parameters, by_values = derive(parameters, shifts)
    for name, value in values.items():
        ours, slope = found["values"][name], found["gradients"][name]
        assert len(ours) == fit.program.batch_size
        np.testing.assert_allclose(ours[: len(rows)], value, rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(
            slope[: len(rows)], by_values[name], rtol=1e-4, atol=1e-6
        )
        np.testing.assert_array_equal(slope[len(rows) :], 0)  # padding has no effect
    jax.tree.map(
        lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6),
        found["parameter_gradients"],
        by_parameters,
    )
    jax.tree.map(np.testing.assert_array_equal, found["parameters"], parameters)


def test_gradients_equal_finite_differences(start, training, problem):
    """The gradient agrees with finite differences of the recorded cost."""
    data = problem()
    fit = start(training(batch_size="all"), data)
    found = fit.probe()["parameter_gradients"]
    packing, start_state, step = fit.program.static.packing, fit.state, 1e-2

    def cost(layer, name, place, by):
        tree = jax.tree.map(np.copy, packing.unpack(start_state.parameters))
        tree[layer][name][place] += by
        fit.state = start_state._replace(parameters=packing.pack(tree))
        return float(fit.probe()["cost"])

    for at in (("dense1", "kernel", (2, 3)), ("dense1", "bias", (1,))):
        slope = (cost(*at, step) - cost(*at, -step)) / (2 * step)
        layer, name, place = at
        assert found[layer][name][place] == pytest.approx(slope, rel=0.01, abs=1e-4)


def test_what_is_seen_is_what_the_next_iteration_does(start, everything):
    """The probe uses dropout's own masks and batch normalization's own statistics."""
    fit = start(everything, num_iterations=30)
    for _ in range(8):
        cost = fit.probe()["cost"]
        fit.advance(iterations=1)
        done = fit.history.iterations["cost"][-1]
        assert cost == pytest.approx(done, rel=1e-5)


def test_asking_changes_no_result(start, everything, assert_same):
    asked, plain = (start(everything, num_iterations=12) for _ in range(2))
    while not asked.done:
        before = jax.device_get(asked.state)
        asked.probe()
        assert_same(jax.device_get(asked.state), before)
        asked.advance(iterations=1)
    plain.run()
    assert_same(jax.device_get(asked.state), jax.device_get(plain.state))
    assert_same(asked.history.iterations, plain.history.iterations)
    assert_same(asked.history.epochs, plain.history.epochs)


def test_dropout_is_seen_where_it_drops(start, everything):
    values = start(everything).probe()["values"]
    dropped = (values["dropout1"] == 0) & (values["leaky_relu1"] != 0)
    kept = ~dropped
    assert 0.05 < dropped.mean() < 0.4
    np.testing.assert_allclose(
        values["dropout1"][kept], values["leaky_relu1"][kept] / 0.8, rtol=1e-6
    )
