"""Chains of dense layers in the C++ extension agree with the JAX implementation."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from assay import spec
from assay.nn import Context, build
from assay.nn.ops import DENSE_ACTIVATIONS, DenseStep, Dropped, _dense, dense

# Rows and widths around the sizes of registers and tiles, for one or more layers.
SHAPES = [
    (32, (20, 64, 64, 10)),
    (1, (20, 64, 10)),
    (5, (3, 1)),
    (7, (17, 16, 33, 70, 5)),
    (300, (40, 48, 3)),
    (130, (130, 128, 100)),
    (40, (20, 600, 530)),
]


def chain_of(n, widths, dtype=np.float32):
    rng = np.random.default_rng(n)
    kernels = [
        (rng.normal(size=shape) / np.sqrt(shape[0])).astype(dtype)
        for shape in zip(widths, widths[1:], strict=False)
    ]
    biases = [rng.normal(size=kernel.shape[1]).astype(dtype) for kernel in kernels]
    x = rng.normal(size=(n, widths[0])).astype(dtype)
    return x, tuple(kernels), tuple(biases)


def activations_of(num_layers, first=1):
    return tuple(DENSE_ACTIVATIONS[(first + i) % 4] for i in range(num_layers))


def drops_of(num_layers, which=()):
    """Return dropout for some layers, keeping 0.6, with hashes from place 7 on."""
    words = np.array([3, 2**32 - 5], np.uint32)
    first, kept = np.asarray(7, np.uint32), np.asarray(0.6, np.float32)
    drops = [Dropped(words + np.uint32(i), first, kept) for i in which]
    by_layer = dict(zip(which, drops, strict=True))
    return tuple(by_layer.get(i) for i in range(num_layers))


def run(inputs, activations, drops=None):
    x, kernels, biases = inputs
    drops = drops or drops_of(len(kernels))
    return dense(x, list(map(DenseStep, kernels, biases, activations, drops)))


def plainly(inputs, activations, drops=None):
    drops = drops or drops_of(len(activations))
    return _dense._plain(inputs, drops, activations=tuple(activations))


def pulled(function, inputs):
    y, pull = jax.vjp(function, inputs)
    g = np.random.default_rng(7).normal(size=y.shape)
    return y, pull(jnp.asarray(g, y.dtype))[0]


@partial(jax.jit, static_argnames="activations")
def pulled_both_ways(inputs, activations, drops=None):
    """Return values and gradients of ours and of the plain form, by one program."""
    how = {"activations": activations, "drops": drops}
    return pulled(partial(run, **how), inputs), pulled(partial(plainly, **how), inputs)


def assert_close(ours, plain):
    for a, b in zip(jax.tree.leaves(ours), jax.tree.leaves(plain), strict=True):
        a, b = np.asarray(a), np.asarray(b)
        size = np.abs(b).max() + 1e-6
        np.testing.assert_allclose(a / size, b / size, atol=3e-6)


@pytest.mark.parametrize("first", range(4))
@pytest.mark.parametrize(("n", "widths"), SHAPES)
def test_values_and_gradients(n, widths, first):
    inputs = chain_of(n, widths)
    activations = activations_of(len(widths) - 1, first)
    assert_close(*pulled_both_ways(inputs, activations))


@pytest.mark.parametrize("first", range(4))
@pytest.mark.parametrize(("n", "widths"), SHAPES)
def test_values_and_gradients_where_some_are_dropped(n, widths, first):
    inputs, num_layers = chain_of(n, widths), len(widths) - 1
    drops = drops_of(num_layers, range(first % 2, num_layers, 2))
    activations = activations_of(num_layers, first)
    assert_close(*pulled_both_ways(inputs, activations, drops))


def test_a_share_is_dropped_and_the_rest_scaled():
    inputs = chain_of(300, (40, 48))
    how = {"activations": ["sigmoid"]}
    dropped = np.asarray(run(inputs, **how, drops=drops_of(1, [0])))
    assert abs(float((dropped == 0).mean()) - 0.4) < 4 * (0.24 / dropped.size) ** 0.5
    left = np.asarray(run(inputs, **how)) / np.float32(0.6)
    np.testing.assert_allclose(dropped, np.where(dropped == 0, 0, left), rtol=1e-6)


def test_second_derivatives():
    inputs = chain_of(4, (5, 7, 3))

    def curvature(function, inputs):
        def cost(inputs):
            return jnp.square(function(inputs, ["tanh", "sigmoid"])).sum()

        return jax.jvp(jax.grad(cost), (inputs,), (inputs,))

    both = jax.jit(lambda inputs: [curvature(f, inputs) for f in (run, plainly)])
    assert_close(*both(inputs))


def test_members():
    many = [chain_of(n, (6, 18, 4)) for n in (9, 9, 9)]
    x, kernels, biases = jax.tree.map(lambda *leaves: np.stack(leaves), *many)
    words = np.array([[1, 2], [3, 4], [5, 6]], np.uint32)

    @jax.jit
    def function(inputs, words, kept):
        drops = Dropped(words, jnp.uint32(0), kept), None
        how = {"activations": ["relu", "identity"], "drops": drops}
        return pulled(partial(run, **how), inputs)

    kept = np.array([0.5, 0.7, 0.9], np.float32)
    x = x * np.arange(1, 4, dtype=np.float32)[:, None, None]
    inputs = x, kernels, biases
    ours = jax.tree.map(np.asarray, jax.jit(jax.vmap(function))(inputs, words, kept))
    for place in range(3):
        mine = jax.tree.map(lambda leaf, i=place: leaf[i], inputs)
        alone = function(mine, words[place], kept[place])
        assert_close([leaf[place] for leaf in jax.tree.leaves(ours)], alone)


def test_members_under_two_maps():
    """The outer axis maps rows and weights; the inner axis maps rows and dropout."""
    many = [chain_of(9, (6, 18, 4)) for _ in range(3)]
    _, kernels, biases = jax.tree.map(lambda *leaves: np.stack(leaves), *many)
    factors = np.arange(1, 4, dtype=np.float32)
    kernels = tuple(k * factors[:, None, None] for k in kernels)
    rng = np.random.default_rng(3)
    x = rng.normal(size=(3, 2, 5, 6)).astype(np.float32)
    words = np.array([[1, 2], [3, 4]], np.uint32)

    @jax.jit
    def function(x, kernels, biases, words):
        drops = Dropped(words, jnp.uint32(0), jnp.float32(0.5)), None
        how = {"activations": ["relu", "identity"], "drops": drops}
        return pulled(partial(run, **how), (x, kernels, biases))

    inner = jax.vmap(function, (0, None, None, 0))
    outer = jax.jit(jax.vmap(inner, (0, 0, 0, None)))
    ours = jax.tree.map(np.asarray, outer(x, kernels, biases, words))
    for i, j in np.ndindex(3, 2):
        mine = jax.tree.map(lambda leaf, i=i: leaf[i], (kernels, biases))
        alone = function(x[i, j], *mine, words[j])
        assert_close([leaf[i, j] for leaf in jax.tree.leaves(ours)], alone)


def test_mapped_inputs_share_weights():
    x, kernels, biases = chain_of(6, (6, 18, 4))
    function = partial(run, activations=["relu", "identity"])
    mapped = jax.vmap(lambda x: function((x[None], kernels, biases))[0])
    both = jax.jit(lambda x: (mapped(x), function((x, kernels, biases))))
    assert_close(*both(x))


def test_same_bits_at_every_call():
    inputs = chain_of(130, (784, 128, 10))
    function = jax.jit(partial(pulled, partial(run, activations=["relu", "identity"])))
    first = function(inputs)
    for _ in range(3):
        again = jax.tree.leaves(function(inputs))
        for a, b in zip(again, jax.tree.leaves(first), strict=True):
            np.testing.assert_array_equal(a, b)


def test_not_a_number_stays():
    inputs = chain_of(4, (3, 5, 2))
    inputs[0][1, 1] = np.nan
    y = np.asarray(run(inputs, ["relu", "relu"]))
    assert np.isnan(y[1]).all()
    assert np.isfinite(y[[0, 2, 3]]).all()


@pytest.mark.parametrize("dtype", [np.float64, jnp.bfloat16])
def test_other_types_take_the_plain_way(dtype):
    with jax.enable_x64(True):
        inputs = jax.tree.map(jnp.asarray, chain_of(4, (3, 5, 2), dtype))
        y = run(inputs, ["relu", "identity"])
        assert y.dtype == dtype
        np.testing.assert_array_equal(y, plainly(inputs, ["relu", "identity"]))


def test_without_bias():
    x, (kernel,), _ = chain_of(4, (3, 5))
    y = dense(x, [DenseStep(kernel, None, "relu")])
    np.testing.assert_allclose(y, np.maximum(x @ kernel, 0), rtol=1e-5, atol=1e-6)


def both_ways(model, x, **how):
    """Return what a model gives unwatched, what it gives watched, and what was seen."""

    @jax.jit
    def run(model, x):
        context = Context(recording=True, **how)
        watched = model(x, context)
        return model(x, Context(**how)), watched, context.values

    return run(model, x)


def test_a_model_is_the_same_whether_watched_or_not():
    layers = [spec.Dense(9), spec.Tanh(), spec.Dense(8), spec.GELU(), spec.Dropout(0.5)]
    inner = spec.Residual([spec.Dense(8), spec.ReLU(), spec.Dense(8)])
    model = build([*layers, inner], (4,), num_outputs=3, rng=np.random.default_rng(0))
    x = np.random.default_rng(1).normal(size=(6, 4)).astype(np.float32)
    unwatched, watched, values = both_ways(model, x)
    np.testing.assert_allclose(unwatched, watched, rtol=2e-5, atol=1e-6)
    assert {"dense1", "tanh1", "residual1.relu1", "output"} <= set(values)


@pytest.mark.parametrize("training", [False, True])
def test_sequences_keep_their_steps(training):
    layers = [spec.GRU(5, return_sequences=True), spec.Dense(4), spec.ReLU()]
    layers += [spec.Dropout(0.4), spec.Dense(3), spec.Dropout(0.2)]
    rng = np.random.default_rng(0)
    model = build(layers, (7, 3), num_outputs=2, rng=rng)
    x = np.random.default_rng(1).normal(size=(6, 7, 3)).astype(np.float32)
    how = {"training": training, "key": jax.random.key(5), "first_row": 3}
    unwatched, watched, values = both_ways(model, x, **how)
    np.testing.assert_allclose(unwatched, watched, rtol=2e-5, atol=1e-6)
    assert (np.asarray(values["dropout2"]) == 0).any() == training
