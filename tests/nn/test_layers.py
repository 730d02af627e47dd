"""What every layer keeps to: its shape, its parameters, and that it compiles."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from assay import nn, spec

# kind: (asked, number of parameters, shape of an example and of what it becomes)
CONTRACT = {
    "dense": (spec.Dense(3), 4 * 3 + 3, {(4,): (3,), (2, 4): (2, 3)}),
    "dropout": (spec.Dropout(0.5), 0, {(4,): (4,), (2, 3, 4): (2, 3, 4)}),
    "batch_norm": (spec.BatchNorm(), 2 * 4, {(4,): (4,), (2, 3, 4): (2, 3, 4)}),
} | {
    kind: (
        spec.Layer.members[kind](),
        int(kind == "parametric_relu"),
        {(4,): (4,), (2, 3, 4): (2, 3, 4)},
    )
    for kind in nn.ACTIVATIONS
}
LAYERS = pytest.mark.parametrize(
    ("asked", "shape"),
    [
        pytest.param(asked, shape, id=f"{kind}-{shape}")
        for kind, (asked, _, shapes) in CONTRACT.items()
        for shape in shapes
    ],
)


def built(asked, shape):
    """Build a layer."""
    return nn.LAYERS[asked.kind](asked, nn.Site(shape, np.random.default_rng(0)))


def inputs(shape, n=6):
    """A batch whose numbers are on both sides of 0."""
    return jax.random.normal(jax.random.key(1), (n, *shape))


def test_every_layer_is_in_the_contract():
    assert set(CONTRACT) == set(nn.LAYERS)


@LAYERS
def test_output_has_the_shape_that_is_told(asked, shape):
    layer = built(asked, shape)
    assert layer.output_shape == CONTRACT[asked.kind][2][shape]
    for training in (False, True):
        context = nn.Context(training=training, key=jax.random.key(0))
        y = layer(inputs(shape), context)
        assert y.shape == (6, *layer.output_shape)
        assert y.dtype == jnp.float32
        assert np.isfinite(y).all()


@LAYERS
def test_number_of_parameters(asked, shape):
    parameters = nnx.state(built(asked, shape), nnx.Param)
    found = sum(leaf.size for leaf in jax.tree.leaves(parameters))
    assert found == CONTRACT[asked.kind][1]


@LAYERS
@pytest.mark.parametrize("training", [False, True])
def test_compiled_it_gives_the_same(asked, shape, training):
    x, key = inputs(shape), jax.random.key(0)
    definition, state = nnx.split(built(asked, shape))

    def run(state, x):
        layer = nnx.merge(definition, state)
        y = layer(x, nn.Context(training=training, key=key))
        return y, nnx.split(layer)[1]

    jax.tree.map(
        lambda a, b: np.testing.assert_allclose(a, b, rtol=2e-6, atol=2e-6),
        nnx.to_pure_dict(jax.jit(run)(state, x)[1]),
        nnx.to_pure_dict(run(state, x)[1]),
    )
    np.testing.assert_allclose(
        jax.jit(run)(state, x)[0], run(state, x)[0], rtol=2e-6, atol=2e-6
    )


@LAYERS
def test_parameters_and_hyperparameters_are_apart_by_type(asked, shape):
    """F4.1 and F4.2."""
    layer = built(asked, shape)
    parameters = nnx.to_pure_dict(nnx.state(layer, nnx.Param))
    held = nnx.to_pure_dict(nnx.state(layer, nn.Hyperparameter))
    statistics = nnx.to_pure_dict(nnx.state(layer, nnx.BatchStat))
    # they go into the model by place, so both sides must name the same ones
    assert {k: float(v) for k, v in held.items()} == pytest.approx(asked.traced())
    assert not set(parameters) & set(held)
    assert set(statistics) == (
        {"mean", "variance"} if asked.kind == "batch_norm" else set()
    )
    everything = jax.tree.leaves(nnx.state(layer))
    parts = jax.tree.leaves([parameters, held, statistics])
    assert len(everything) == len(parts)


@LAYERS
def test_it_says_whether_it_draws(asked, shape):
    layer = built(asked, shape)
    unkeyed = nn.Context(training=True)
    if layer.draws:
        with pytest.raises(ValueError, match="needs Context"):
            layer(inputs(shape), unkeyed)
    else:
        layer(inputs(shape), unkeyed)


@LAYERS
@pytest.mark.parametrize("training", [False, True])
def test_a_padding_row_changes_no_real_one(asked, shape, training):
    x = inputs(shape)
    padded = jnp.concatenate([x, jnp.full((2, *shape), 9.0)])
    mask = jnp.arange(8) < 6
    outputs = []
    for batch, real in ((x, None), (padded, mask.astype(jnp.float32))):
        # dropout draws by shape, so here it is asked to keep all
        kept = asked.with_values({"rate": 0}) if built(asked, shape).draws else asked
        layer = built(kept, shape)
        key = jax.random.key(0)
        context = nn.Context(training=training, mask=real, key=key)
        outputs.append((layer(batch, context)[:6], nnx.state(layer, nnx.BatchStat)))
    jax.tree.map(
        lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-6), *outputs
    )
