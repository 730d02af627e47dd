"""Every layer has the documented shape and parameters, and it compiles."""

import ast

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from assay import nn, spec

TABLE, SEQUENCE, IMAGE, VOLUME = (4,), (5, 4), (4, 6, 4), (4, 2, 6, 4)
SPACE = {"1d": SEQUENCE, "2d": IMAGE, "3d": VOLUME}
SAME = {TABLE: TABLE, IMAGE: IMAGE}


def windowed():
    """Yield the cases of layers with windows over space of size 3 (2 for pooling)."""
    for rank, (end, shape) in enumerate(SPACE.items(), start=1):
        *space, _ = shape
        member = {k.removesuffix(end): m for k, m in spec.Layer.members.items()}
        window = 3**rank
        filtered, doubled = {shape: (*space, 3)}, {shape: (*space, 8)}
        grown = {shape: (*(2 * n for n in space), 3)}
        pooled = {shape: (*(n // 2 for n in space), 4)}
        rows = [(0, 1), (2, 2), (1, 0)][:rank]
        padded = tuple(n + sum(pair) for n, pair in zip(space, rows, strict=True))
        larger, smaller = {shape: (*padded, 4)}, {shape: (*(n - 1 for n in space), 4)}
        yield member["conv"](3, 3), window * 4 * 3 + 3, filtered
        yield member["conv_transpose"](3, 3, 2), window * 4 * 3 + 3, grown
        yield member["depthwise_conv"](3, 2), window * 4 * 2 + 8, doubled
        yield member["max_pool"](2), 0, pooled
        yield member["average_pool"](2), 0, pooled
        yield member["zero_padding"](tuple(rows)), 0, larger
        yield member["cropping"](((1, 0),) * rank), 0, smaller
        yield member["upsampling"](2), 0, {shape: (*(2 * n for n in space), 4)}


# spec, number of parameters, {shape of an example: shape of its output}
ROWS = [
    (spec.Dense(3), 4 * 3 + 3, {TABLE: (3,), SEQUENCE: (5, 3)}),
    (spec.Dropout(0.5), 0, SAME),
    (spec.SpatialDropout(0.5), 0, {IMAGE: IMAGE}),
    (spec.BatchNorm(), 2 * 4, SAME),
    (spec.LayerNorm(), 2 * 4, SAME),
    (spec.LayerNorm(num_axes=3), 2 * 4 * 6 * 4, {IMAGE: IMAGE}),
    (spec.RMSNorm(), 4, SAME),
    (spec.GroupNorm(2), 2 * 4, SAME),
    (spec.InstanceNorm(), 2 * 4, {IMAGE: IMAGE, SEQUENCE: SEQUENCE}),
    (spec.LearnedScale(), 4, SAME),
    (spec.SimpleRNN(3), 4 * 3 + 3 * 3 + 3, {SEQUENCE: (3,)}),
    (spec.LSTM(3), 4 * (4 * 3 + 3 * 3 + 3), {SEQUENCE: (3,)}),
    (spec.GRU(3), 3 * (4 * 3 + 3 * 3 + 3) + 3, {SEQUENCE: (3,)}),
    (spec.GRU(3, reset_after=False), 3 * (4 * 3 + 3 * 3 + 3), {SEQUENCE: (3,)}),
    (spec.LSTM(3, reverse=True, initial_state="learned"),
     4 * (4 * 3 + 3 * 3 + 3) + 2 * 3, {SEQUENCE: (3,)}),
    (spec.SelfAttention(2), 4 * 12 + 4 * 4 + 12 + 4, {SEQUENCE: SEQUENCE}),
    (spec.SelfAttention(3, 2, bias=False), 4 * 18 + 6 * 4, {SEQUENCE: SEQUENCE}),
    (spec.PositionEmbedding(), 0, {SEQUENCE: SEQUENCE}),
    (spec.PositionEmbedding("learned"), 5 * 4, {SEQUENCE: SEQUENCE}),
    (spec.Embedding(10, 3), 10 * 3, {TABLE: (4, 3)}),
    (spec.EmbedColumns(((0, 8), (2, 10)), 3), 8 * 3 + 10 * 3, {TABLE: (8,)}),
    (spec.PeriodicEmbedding((0, 2), 3, 5), 2 * (2 * 5 + 5 * 3 + 3), {TABLE: (10,)}),
    (spec.Input(4), 0, {TABLE: TABLE}),
    (spec.Flatten(), 0, {IMAGE: (96,), TABLE: TABLE}),
    (spec.Reshape((8, 3, 4)), 0, {IMAGE: (8, 3, 4)}),
    (spec.Residual([spec.Dense(4), spec.ReLU()]), 4 * 4 + 4, {TABLE: TABLE}),
    (spec.GlobalMaxPool(), 0, {SEQUENCE: (4,), IMAGE: (4,)}),
    (spec.GlobalAveragePool(), 0, {SEQUENCE: (4,), IMAGE: (4,)}),
    *windowed(),
    *((spec.Layer.members[k](), int(k == "parametric_relu"), SAME)
      for k in nn.ACTIVATIONS),
    (spec.ParametricReLU(per_channel=True), 4, SAME),
]  # fmt: skip
CONTRACT = {layer_spec: (layer_spec, *rest) for layer_spec, *rest in ROWS}
CASES = [
    [
        pytest.param(layer_spec, shape, id=f"{layer_spec.kind}-{shape}")
        for shape in shapes
    ]
    for layer_spec, (_, _, shapes) in CONTRACT.items()
]
LAYERS = pytest.mark.parametrize(
    ("layer_spec", "shape"), [c for row in CASES for c in row]
)
FIRST = pytest.mark.parametrize(("layer_spec", "shape"), [row[0] for row in CASES])


def built(layer_spec, shape):
    """Build a layer."""
    return nn.LAYERS[layer_spec.kind](
        layer_spec, nn.BuildContext(shape, np.random.default_rng(0))
    )


def inputs(shape, n=6):
    """Draw a batch whose numbers lie on both sides of 0."""
    return jax.random.normal(jax.random.key(1), (n, *shape))


def test_every_layer_is_in_the_contract():
    assert {layer_spec.kind for layer_spec in CONTRACT} == set(nn.LAYERS)


@LAYERS
@pytest.mark.parametrize("training", [False, True])
def test_output_has_the_declared_shape(layer_spec, shape, training):
    layer = built(layer_spec, shape)
    assert layer.output_shape == CONTRACT[layer_spec][2][shape]
    definition, state = nnx.split(layer)

    def run(state, x):
        context = nn.Context(training=training, key=jax.random.key(0))
        return nnx.merge(definition, state)(x, context)

    y = jax.eval_shape(run, state, inputs(shape))
    assert y.shape == (6, *layer.output_shape)
    assert y.dtype == jnp.float32


@LAYERS
def test_number_of_parameters(layer_spec, shape):
    layer = built(layer_spec, shape)
    parameters = nnx.state(layer, nnx.Param)
    count = sum(leaf.size for leaf in jax.tree.leaves(parameters))
    assert count == CONTRACT[layer_spec][1]
    inner = sum(part.num_parameters for part in layer.inner_layers().values())
    assert count == layer.num_parameters + inner


@FIRST
def test_padding_rows_have_no_effect(layer_spec, shape):
    """Padding does not affect training outputs or running statistics."""
    definition, state = nnx.split(built(layer_spec, shape))
    mask = (jnp.arange(8) < 6).astype(jnp.float32)

    @jax.jit
    def run(state, x):
        context = nn.Context(training=True, mask=mask, key=jax.random.key(0))
        layer = nnx.merge(definition, state)
        y = layer(x, context)[:6]
        return y, nnx.to_pure_dict(nnx.state(layer, nnx.BatchStat))

    x = inputs(shape)
    results = [
        run(state, jnp.concatenate([x, jnp.full((2, *shape), fill)]))
        for fill in (0.0, 9.0)
    ]
    jax.tree.map(np.testing.assert_array_equal, *results)
    assert np.isfinite(results[0][0]).all()


@FIRST
def test_parameters_and_hyperparameters_differ_by_type(layer_spec, shape):
    layer = built(layer_spec, shape)
    parameters = nnx.to_pure_dict(nnx.state(layer, nnx.Param))
    hyperparameters = nnx.to_pure_dict(nnx.state(layer, nn.Hyperparameter))
    statistics = nnx.to_pure_dict(nnx.state(layer, nnx.BatchStat))
    # They enter the model by position, so both sides must have the same names.
    values = {name: float(value) for name, value in hyperparameters.items()}
    assert values == pytest.approx(layer_spec.traced())
    assert not set(parameters) & set(hyperparameters)
    assert set(statistics) == (
        {"mean", "variance"} if layer_spec.kind == "batch_norm" else set()
    )
    everything = jax.tree.leaves(nnx.state(layer))
    by_type = jax.tree.leaves([parameters, hyperparameters, statistics])
    assert len(everything) == len(by_type)


@FIRST
def test_stochastic_says_whether_a_key_is_needed(layer_spec, shape):
    layer = built(layer_spec, shape)
    definition, state = nnx.split(layer)

    def run(state, x):
        return nnx.merge(definition, state)(x, nn.Context(training=True))

    if layer.stochastic:
        with pytest.raises(ValueError, match="need Context"):
            jax.eval_shape(run, state, inputs(shape))
    else:
        jax.eval_shape(run, state, inputs(shape))


@FIRST
def test_weighted_says_whether_it_has_kernels(layer_spec, shape):
    layer = built(layer_spec, shape)
    paths = nnx.to_flat_state(nnx.state(layer, nnx.Param))
    has_kernels = any("kernel" in str(path[-1]) for path, _ in paths)
    assert layer.weighted == has_kernels


def evaluated(text):
    """Evaluate a sum such as "4 gates * (2*3 + 3)"."""

    def value(node):
        if not isinstance(node, ast.BinOp):
            return node.value
        left, right = value(node.left), value(node.right)
        return left + right if isinstance(node.op, ast.Add) else left * right

    return value(ast.parse(text.replace(" gates", ""), mode="eval").body)


@LAYERS
def test_its_description_is_right(layer_spec, shape):
    """The sum in the description equals the number of parameters."""
    layer = built(layer_spec, shape)
    description = layer.describe()
    assert description.formula
    terms, _, total = description.parameters.rpartition("= ")
    if layer.num_parameters:
        assert int(total) == evaluated(terms or total) == layer.num_parameters
    looks_up = layer_spec.kind in ("embedding", "embed_columns", "position_embedding")
    assert (description.multiply_adds > 0) == (
        layer.num_parameters > 0 and not looks_up
    )
