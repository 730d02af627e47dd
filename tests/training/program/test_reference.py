"""The compiled program agrees with a plain Python loop and with PyTorch."""

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from assay import optim, spec
from assay.training import hyperparameters, pad

DATA = dict(np.load(Path(__file__).parents[2] / "reference" / "train_steps.npz"))


def cost_of(parameters, inputs, targets):
    """Compute the mean cross-entropy of a network with one hidden layer explicitly."""
    first, last = parameters["dense1"], parameters["output"]
    hidden = jnp.tanh(inputs @ first["kernel"] + first["bias"][None])
    outputs = hidden @ last["kernel"] + last["bias"][None]
    right = jnp.take_along_axis(outputs, targets[:, None], axis=1)[:, 0]
    return (jax.nn.logsumexp(outputs, axis=1) - right).mean()


def by_hand(fit, rule, data):
    """Train with plain Optax; return the costs and the final parameters."""
    parameters, memory = fit.last().parameters, None
    memory = rule.init(parameters)
    inputs, targets, count, *_ = data.train
    costs = []

    @jax.jit
    def step(parameters, memory, inputs, targets):
        cost, gradient = jax.value_and_grad(cost_of)(parameters, inputs, targets)
        updates, memory = rule.update(gradient, memory, parameters)
        return optax.apply_updates(parameters, updates), memory, cost

    size = fit.program.batch_size
    for epoch in range(fit.num_iterations // fit.iterations_per_epoch):
        order = fit.program.orders(fit.seed, epoch, data.train)[0][:count]
        for rows in (order[i : i + size] for i in range(0, count, size)):
            parameters, memory, cost = step(
                parameters, memory, inputs[rows], targets[rows]
            )
            costs.append(float(cost))
    return costs, parameters


@pytest.mark.parametrize(
    ("asked", "rule"),
    [
        (spec.Adam(0.05), optax.adam(0.05)),
        (spec.LAMB(0.05, weight_decay=0.1), optax.lamb(0.05, weight_decay=0.1)),
    ],
    ids=["adam", "lamb"],
)
def test_it_equals_a_loop_written_by_hand(start, training, problem, asked, rule):
    """30 rows in batches of 7 leave only 2 rows in the last batch of an epoch."""
    fit = start(training(optimizer=asked))
    costs, parameters = by_hand(fit, rule, problem())
    assert len(costs) == 15
    fit.run()
    ours = fit.history.iterations["cost"]
    np.testing.assert_allclose(ours, costs, rtol=2e-5)
    jax.tree.map(
        lambda a, b: np.testing.assert_allclose(a, b, rtol=2e-4, atol=2e-5),
        fit.last().parameters,
        parameters,
    )
    packed = fit.program.static.packing.pack(fit.last().parameters)
    assert (packed.vector is not None) == (asked.kind != "lamb")


def named(prefix):
    """Return the parameters of the file, nested as in the program."""
    return {
        layer: {name: DATA[f"{prefix}_{layer}_{name}"] for name in ("kernel", "bias")}
        for layer in ("dense1", "output")
    }


@pytest.mark.parametrize("name", ["adam", "momentum"])
def test_ten_steps_equal_pytorch(start, training, problem, name):
    """Costs, gradient norms and parameters agree with penalty, clipping and weights."""
    asked = training(batch_size="all", optimizer=spec.Momentum(0.1, 0.8))
    weights = np.array([1.0, 2.0, 4.0])
    if name == "adam":
        asked = training(
            batch_size="all",
            optimizer=spec.Adam(0.05, 0.8, 0.99, 1e-7),
            regularizers=[spec.L2(0.01)],
            clip_norm=0.1,
        )
        weights = None
    data = problem()._replace(train=pad(DATA["inputs"], DATA["targets"], 32))
    fit = start(asked, data, num_iterations=10, class_weights=weights)
    packing = fit.program.static.packing
    fit.state = fit.state._replace(parameters=packing.pack(named("start")))
    fit.run()
    rows = fit.history.iterations
    np.testing.assert_allclose(rows["cost"], DATA[f"{name}_costs"], rtol=1e-5)
    np.testing.assert_allclose(rows["gradient_norm"], DATA[f"{name}_norms"], rtol=2e-5)
    jax.tree.map(
        lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5),
        fit.last().parameters,
        named(name),
    )


def test_the_learning_rate_follows_the_schedule(start, everything):
    fit = start(everything, num_iterations=40).run()
    schedule = optim.schedules.get("one_cycle")
    factors = schedule.factor(jnp.arange(40), 40, **schedule.hyperparameters)
    ours = fit.history.iterations["learning_rate"]
    expected = 0.05 * np.asarray(factors)[: len(ours)]
    np.testing.assert_allclose(ours, expected, rtol=1e-5, atol=1e-10)
    assert len(ours) > 15


def test_every_optimizer_is_given_its_own_hyperparameters(training):
    for kind, member in spec.Optimizer.members.items():
        asked = training(optimizer=member(0.5))
        values = hyperparameters(asked, num_classes=3, total_iterations=9).optimizer
        defaults = optim.get(kind).hyperparameters
        assert values == {
            name: np.float32(value)
            for name, value in ({"learning_rate": 0.5} | defaults).items()
        }
