"""Every kind of layer has an x-ray whose terms sum to the layer's output."""

import json
from functools import cache

import jax
import numpy as np
import pytest
from flax import nnx
from hypothesis import given, settings
from hypothesis import strategies as st

from assay import nn, spec
from assay._errors import AssayError, InputError
from assay.nn import xray
from assay.nn.xray._calculation import Line, checked, constant, product

TABLE, SEQUENCE, IMAGE, VOLUME = (4,), (5, 4), (4, 6, 4), (4, 3, 4, 2)
SPACE = {"1d": SEQUENCE, "2d": IMAGE, "3d": VOLUME}


def windowed():
    for end, shape in SPACE.items():
        member = {k.removesuffix(end): m for k, m in spec.Layer.members.items()}
        yield member["conv"](4, 2, groups=2, dilation=2), shape
        yield member["conv_transpose"](4, 3, 2, groups=2), shape
        yield member["depthwise_conv"](3, 2, stride=2), shape
        yield member["max_pool"](2, 1, padding=1), shape
        yield member["average_pool"](2, 1, padding=1), shape
        yield member["zero_padding"](1), shape
        yield member["cropping"](((1, 0),) * (len(shape) - 1)), shape
        yield member["upsampling"](2), shape
    yield spec.Conv2D(2, 2, padding=((1, 0), (0, 2))), IMAGE
    yield spec.MaxPool2D(2, 1, 1, dilation=2, ceil_mode=True), IMAGE
    yield spec.AveragePool2D(3, 2, 1, ceil_mode=True, count_padding=True), IMAGE
    yield spec.Upsampling1D(3, "linear"), SEQUENCE
    yield spec.Upsampling2D((2, 3), "linear"), IMAGE


ROWS = [
    (spec.Dense(3), SEQUENCE),
    (spec.Dense(3, bias=False), TABLE),
    (spec.Dropout(0.5), TABLE),
    (spec.SpatialDropout(0.5), IMAGE),
    (spec.BatchNorm(), IMAGE),
    (spec.LayerNorm(), SEQUENCE),
    (spec.LayerNorm(num_axes=2), IMAGE),
    (spec.RMSNorm(), SEQUENCE),
    (spec.RMSNorm(num_axes=2), IMAGE),
    (spec.GroupNorm(2), IMAGE),
    (spec.GroupNorm(2), TABLE),
    (spec.InstanceNorm(), SEQUENCE),
    (spec.LearnedScale(), SEQUENCE),
    (spec.SimpleRNN(3), SEQUENCE),
    (spec.LSTM(3), SEQUENCE),
    (spec.GRU(3), SEQUENCE),
    (spec.SimpleRNN(3, return_sequences=True, bidirectional=True), SEQUENCE),
    (spec.LSTM(3, return_sequences=True, bidirectional=True), SEQUENCE),
    (spec.GRU(3, return_sequences=True, bidirectional=True), SEQUENCE),
    (spec.SimpleRNN(3, reverse=True, initial_state="learned"), SEQUENCE),
    (spec.LSTM(3, bidirectional=True, initial_state="learned"), SEQUENCE),
    (spec.GRU(3, return_sequences=True, initial_state="learned"), SEQUENCE),
    (spec.GRU(3, return_sequences=True, reset_after=False), SEQUENCE),
    (spec.GRU(3, bidirectional=True, reset_after=False), SEQUENCE),
    (spec.SelfAttention(2), SEQUENCE),
    (spec.SelfAttention(3, 2, causal=True, bias=False), SEQUENCE),
    (spec.PositionEmbedding(), SEQUENCE),
    (spec.PositionEmbedding("learned"), SEQUENCE),
    (spec.ParametricReLU(per_channel=True), SEQUENCE),
    (spec.Embedding(10, 3), TABLE),
    (spec.EmbedColumns(((0, 8), (2, 10)), 3), TABLE),
    (spec.PeriodicEmbedding((0, 2)), TABLE),
    (spec.Input(4), TABLE),
    (spec.Flatten(), IMAGE),
    (spec.Reshape((8, 3, 4)), IMAGE),
    (spec.Residual([spec.Dense(4), spec.ReLU()]), TABLE),
    (spec.Residual([spec.Dense(3), spec.ReLU()]), TABLE),
    (spec.Residual([spec.Conv2D(3, 3, stride=2), spec.BatchNorm()]), IMAGE),
    (spec.GlobalMaxPool(), IMAGE),
    (spec.GlobalAveragePool(), SEQUENCE),
    *windowed(),
    *((spec.Layer.members[kind](), TABLE) for kind in nn.ACTIVATIONS),
]
CASES = pytest.mark.parametrize(
    ("layer_spec", "shape"),
    [pytest.param(a, s, id=f"{n}-{a.kind}") for n, (a, s) in enumerate(ROWS)],
)


@cache
def case(layer_spec, shape):
    """Watch a layer in inference mode."""
    return watched([layer_spec], shape)


def watched(layers, shape, *, seed=0, n=3, x=None, **options):
    """Watch a batch in a model whose parameters, including biases, are random."""
    rng = np.random.default_rng(seed)
    model = nn.build(layers, shape, num_outputs=1, rng=rng)
    for leaf in jax.tree.leaves(model, is_leaf=lambda n: isinstance(n, nnx.Variable)):
        if isinstance(leaf, nnx.Param) and leaf[...].ndim:
            leaf.set_value(rng.normal(0.2, 0.6, leaf[...].shape).astype(np.float32))
        if isinstance(leaf, nnx.BatchStat):
            leaf.set_value(rng.uniform(0.5, 2, leaf[...].shape).astype(np.float32))
    if x is None:
        x = rng.normal(0.5, 2, (n, *shape)).astype(np.float32)
    if any(isinstance(layer, spec.Embedding | spec.EmbedColumns) for layer in layers):
        x = np.abs(np.round(x * 3)).astype(np.float32)
    return xray.watch(model, x, **options)


def explain_some(model_pass, *, seed=0, most=6):
    """Explain numbers of every layer at random places; raise if terms do not add up."""
    rng, opened = np.random.default_rng(seed), []
    for name in model_pass.names:
        y = model_pass.output(name)
        for _ in range(most):
            row, *at = (int(rng.integers(size)) for size in y.shape)
            one = model_pass.explain(name, at, row=row)
            assert one.value == float(y[(row, *at)])
            assert sum(term.value for term in one.terms) == pytest.approx(
                one.value, rel=1e-4, abs=2e-5
            )
            for line in (*one.lines, one.result):
                check_line(line)
            opened.append(one)
    return opened


def check_line(line):
    """Check that a line follows from its terms."""
    values = [term.value for term in line.terms]
    for term in line.terms:
        assert term.value == pytest.approx(np.prod(term.factors))
    total = sum(values)
    functions = {
        "sum": lambda: total,
        "mean": lambda: total / len(values),
        "max": lambda: max(values),
        "sqrt": lambda: np.sqrt(total),
        "sigmoid": lambda: 1 / (1 + np.exp(-total)),
        "tanh": lambda: np.tanh(total),
        "relu": lambda: max(total, 0),
    }
    if line.operation in functions:
        wanted = functions[line.operation]()
        assert line.value == pytest.approx(wanted, rel=1e-6, abs=1e-6)


def test_every_kind_of_layer_has_an_xray():
    assert set(xray.XRAYS) == set(nn.LAYERS)
    assert {layer_spec.kind for layer_spec, _ in ROWS} == set(nn.LAYERS)


IN_TRAINING = ("dropout", "spatial_dropout", "batch_norm")


@CASES
def test_terms_sum_to_the_number(layer_spec, shape):
    xrays = explain_some(case(layer_spec, shape))
    assert xrays[0].kind == layer_spec.kind
    json.dumps([one.to_json() for one in xrays], allow_nan=False)
    for one in xrays:
        assert max(map(len, one.to_text().splitlines())) <= 88


@pytest.mark.parametrize(
    ("layer_spec", "shape"), [row for row in ROWS if row[0].kind in IN_TRAINING]
)
def test_terms_sum_to_the_number_in_training(layer_spec, shape):
    options = {"key": jax.random.key(0), "mask": np.float32([1, 1, 0])}
    explain_some(watched([layer_spec], shape, training=True, **options))


@pytest.mark.parametrize(
    "layers",
    [
        [spec.Conv1D(3, 3, stride=2), spec.ReLU(), spec.GlobalAveragePool()],
        [spec.Conv1D(3, 3, padding="causal"), spec.MaxPool1D(2), spec.GlobalMaxPool()],
        [spec.ConvTranspose1D(3, 3, 2), spec.BatchNorm(), spec.Flatten()],
        [spec.AveragePool1D(2, 1, padding=1), spec.LSTM(3, bidirectional=True)],
        [spec.MaxPool1D(2, 1, "same_lower", dilation=2), spec.GlobalAveragePool()],
        [spec.GRU(3, return_sequences=True, bidirectional=True), spec.SimpleRNN(2)],
        [spec.LSTM(3, return_sequences=True), spec.Reshape((3, 5))],
        [
            spec.GroupNorm(2),
            spec.InstanceNorm(),
            spec.LayerNorm(num_axes=2),
            spec.RMSNorm(num_axes=2),
        ],
        [spec.SelfAttention(2), spec.GRU(3, reverse=True, reset_after=False)],
        [
            spec.ZeroPadding1D(((2, 1),)),
            spec.Upsampling1D(2, "linear"),
            spec.Cropping1D(((1, 2),)),
            spec.AveragePool1D(3, 2, 1, ceil_mode=True, count_padding=True),
        ],
    ],
)
def test_sequences_of_different_lengths(layers):
    lengths = np.array([5, 1, 3])
    explain_some(watched(layers, SEQUENCE, training=True, lengths=lengths), most=12)


@pytest.mark.slow
@settings(max_examples=6, deadline=None)
@given(
    st.data(),
    st.integers(1, 3),
    st.integers(1, 3),
    st.integers(0, 2),
    st.sampled_from([(1, 1), (2, 2), (2, 4), (4, 4)]),
)
def test_windows_of_every_shape(data, stride, dilation, padding, channels):
    size = data.draw(st.integers(1, 3))
    groups, filters = channels
    shape = (7, 8, 4)
    options = {"stride": stride, "dilation": dilation, "groups": groups}
    layers = [
        spec.Conv2D(filters, size, padding=padding, **options),
        spec.ConvTranspose2D(
            filters, size + 2, padding=min(padding, 1),
            output_padding=stride - 1, **options | {"groups": 1},
        ),
    ]  # fmt: skip
    explain_some(watched(layers, shape, n=1), most=4)
    half = min(padding, size // 2)
    pools = [spec.MaxPool2D(size, stride, half), spec.AveragePool2D(size, stride, half)]
    explain_some(watched(pools[:1], shape, n=1), most=4)
    explain_some(watched(pools[1:], shape, n=1), most=4)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_precision_of_the_pass(dtype):
    """The terms are products of numbers rounded to the precision."""
    for layers in ([spec.Dense(3)], [spec.Reshape((2, 2, 1)), spec.Conv2D(3, 2)]):
        model_pass = watched(layers, TABLE, dtype=np.dtype(dtype))
        one = model_pass.explain(
            model_pass.names[len(layers) - 1], [0] * 3 if layers[1:] else [1]
        )
        assert one.check.difference <= one.check.tolerance


def test_the_derivative_of_an_activation_is_reported():
    one = watched([spec.LeakyReLU(0.1)], TABLE, x=np.float32([[-2, 1, 1, 1]])).explain(
        "leaky_relu1", [0]
    )
    assert one.details["derivative"] == pytest.approx(0.1)
    assert one.details["input"] == -2
    assert one.result.operation == "leaky_relu"


def test_batch_norm_reports_its_moments_and_does_not_change_the_model():
    rng = np.random.default_rng(0)
    model = nn.build([spec.BatchNorm()], (1,), num_outputs=1, rng=rng)
    x = np.float32([[1], [3], [100]])
    options = {"training": True, "mask": np.float32([1, 1, 0])}
    one = xray.explain(model, x, "batch_norm1", [0], row=1, **options)
    mean, variance, spread = one.lines
    assert (mean.name, mean.value) == ("mean", 2)
    assert (variance.name, variance.value) == ("variance", 1)
    assert spread.value == pytest.approx(1, rel=1e-4)
    assert one.value == pytest.approx(1, rel=1e-4)
    assert model.batch_norm1.mean[...].tolist() == [0]
    assert xray.explain(model, x, "batch_norm1", [0], row=1).value == pytest.approx(
        3, rel=1e-4
    )


def test_a_frozen_batch_norm_uses_its_running_statistics():
    options = {"training": True, "freeze": ("residual1",)}
    block = spec.Residual([spec.BatchNorm()])
    model_pass = watched([block, spec.BatchNorm()], TABLE, **options)
    inner = model_pass.explain("residual1.batch_norm1", [1])
    assert inner.details["statistics"] == "running"
    outer = model_pass.explain("batch_norm1", [1])
    assert outer.details["statistics"] == "of the batch"


def test_gates_equal_those_of_the_forward_pass():
    """The terms agree with a step-by-step computation of the cell in float64."""

    def sigmoid(v):
        return 1 / (1 + np.exp(-v))

    model_pass = watched([spec.LSTM(3)], SEQUENCE, n=1)
    one = model_pass.explain("lstm1", [1])
    layer = model_pass._passes["lstm1"].layer
    names = ("kernel", "recurrent_kernel", "bias")
    W, W_state, b = (np.float64(getattr(layer, name)[...]) for name in names)
    s = c = np.zeros(3)
    for step, x in enumerate(np.float64(model_pass.input("lstm1")[0])):
        i, f, g, o = np.split(x @ W + s @ W_state + b, 4)
        i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
        c = f * c + i * g
        s = o * np.tanh(c)
        values = {"i": i, "f": f, "g": g, "o": o, "c": c, "s": s}
        gates = one.details["gates"][step]
        assert gates.pop("step") == step
        assert gates == pytest.approx({n: v[1] for n, v in values.items()}, abs=1e-6)
    assert one.value == pytest.approx(s[1], abs=1e-6)
    assert [line.name for line in one.lines] == ["i", "f", "g", "o", "c", "h"]
    assert "step" in one.to_text()


def test_names_of_layers_inside_blocks():
    block = spec.Residual([spec.Dense(4), spec.ReLU()])
    model_pass = watched([block], TABLE)
    assert model_pass.names == (
        "residual1", "residual1.dense1", "residual1.relu1", "output",
    )  # fmt: skip
    one = model_pass.explain("residual1", [2])
    branches = one.details["branches"]
    assert branches["x"] == model_pass.input("residual1")[0, 2]
    assert branches["f(x)"] == model_pass.output("residual1.relu1")[0, 2]
    shapes = [(row["kind"], row["output_shape"]) for row in model_pass.layers()]
    assert shapes[:2] == [("residual", [4]), ("dense", [4])]


def test_flatten_reports_the_source():
    one = watched([spec.Flatten()], IMAGE).explain("flatten1", [4 * 6 + 5])
    assert one.details["source"] == [1, 1, 1]


def test_unknown_layers_rows_and_positions():
    model_pass = watched([spec.Conv1D(3, 3)], SEQUENCE)
    with pytest.raises(InputError) as caught:
        model_pass.explain("conv1d1", (0, 0))
    assert str(caught.value) == (
        "The model has no layer 'conv1d1'. The layers are conv1, flatten1, output. "
        "Did you mean 'conv1'?"
    )
    with pytest.raises(InputError) as caught:
        model_pass.explain("conv1", (0, 3), row=7)
    assert caught.value.faults == (
        "The layer 'conv1' has no output at position 0,3. Its output is 5 x 3, so "
        "write 2 numbers from 0,0 to 4,2.",
        "`0 <= row < 3` must hold, but got row=7. The batch has 3 rows.",
    )
    for at in ((0,), (0, -1), (0, 1, 2)):
        with pytest.raises(InputError):
            model_pass.explain("conv1", at)
    with pytest.raises(InputError, match="Pass a batch of shape n x 5 x 4"):
        watched([spec.Conv1D(3, 3)], SEQUENCE, x=np.zeros((5, 4), np.float32))


def test_terms_with_a_wrong_sum_are_refused():
    line = Line.sum("y[0]", [product(2, 3), constant(1)])
    assert checked(line, 7.0, tolerance=0.0).sum == 7
    assert checked(line, 7.00001, tolerance=1e-4).difference > 0
    for forward in (7.1, float("nan"), float("inf")):
        with pytest.raises(AssayError, match="the layer disagree"):
            checked(line, forward, tolerance=1e-4)


@CASES
def test_a_wrong_number_is_refused(layer_spec, shape):
    """The check fails for an error of a thousandth of the terms."""
    model_pass = case(layer_spec, shape)
    name = model_pass.names[0]
    layer_pass = model_pass._passes[name]
    y = layer_pass.y
    at = tuple(int(i) for i in np.unravel_index(0, layer_pass.y.shape[1:]))
    layer_pass.y = np.array(layer_pass.y)
    one = model_pass.explain(name, at)
    size = sum(abs(term.value) for term in one.terms) or 1.0
    layer_pass.y[(0, *at)] += max(0.001 * size, 3 * one.check.tolerance)
    assert one.check.tolerance < 0.0005 * max(size, 1)
    with pytest.raises(AssayError, match="the layer disagree"):
        model_pass.explain(name, at)
    layer_pass.y = y
