"""Label smoothing agrees with PyTorch, and weight decay applies only to kernels."""

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from assay import costs
from assay.regularize import decay, is_kernel, smooth_labels, soft_targets

DATA = dict(np.load(Path(__file__).parents[1] / "reference" / "label_smoothing.npz"))


@pytest.mark.parametrize("place", range(len(DATA["amounts"])))
def test_label_smoothing_equals_pytorch(place):
    amount = DATA["amounts"][place]

    def losses(outputs):
        targets = smooth_labels(DATA["targets"], 5, amount)
        return costs.get("cross_entropy").loss(outputs, targets)

    @jax.jit
    def losses_and_gradient(outputs):
        values, pull = jax.vjp(losses, outputs)
        return values, *pull(jnp.ones_like(values))

    ours, gradient = losses_and_gradient(DATA["outputs"])
    np.testing.assert_allclose(ours, DATA["losses"][place], rtol=1e-5)
    np.testing.assert_allclose(gradient, DATA["gradients"][place], rtol=1e-4, atol=1e-6)


def test_one_output_is_two_classes():
    """The losses equal those of two outputs, one of which is always 0."""

    @jax.jit
    def losses(targets, logits):
        one = costs.get("binary_cross_entropy").loss(
            logits[:, None], smooth_labels(targets, 1, 0.2)
        )
        both = jnp.stack([jnp.zeros(3), logits], axis=1)
        two = costs.get("cross_entropy").loss(both, smooth_labels(targets, 2, 0.2))
        return one, two

    targets, logits = np.array([0, 1, 1]), np.float32([0.3, -2, 4])
    np.testing.assert_allclose(*losses(targets, logits), rtol=1e-6)


def test_smoothed_targets_are_distributions():
    targets = smooth_labels(jnp.arange(4), 4, 0.4)
    np.testing.assert_allclose(targets.sum(1), 1, rtol=1e-6)
    np.testing.assert_allclose(targets, 0.6 * np.eye(4) + 0.1, rtol=1e-6)
    np.testing.assert_array_equal(smooth_labels(jnp.arange(4), 4, 0.0), np.eye(4))
    again = soft_targets(targets, 4)
    np.testing.assert_array_equal(again, targets)


def test_decay_is_added_to_the_direction_of_kernels():
    parameters = {"dense1": {"kernel": np.float32([2.0]), "bias": np.float32([3.0])}}
    direction = jax.tree.map(np.ones_like, parameters)
    leaves = jax.tree_util.tree_leaves_with_path(parameters)
    marks = [float(is_kernel(path)) for path, _ in leaves]
    kernels = jax.tree.unflatten(jax.tree.structure(parameters), marks)
    result = decay(direction, parameters, kernels, strength=0.5)
    assert result == {"dense1": {"kernel": [2.0], "bias": [1.0]}}
