"""Padding does not change the outputs for sequences of different lengths."""

import jax
import numpy as np
import pytest

from assay import nn, spec
from assay.training import Network

STEPS, CHANNELS = 9, 2
LENGTHS = [9, 5, 1, 7]
RNG = np.random.default_rng(0)
ROWS = [RNG.normal(size=(length, CHANNELS)).astype(np.float32) for length in LENGTHS]
NETS = {
    "simple_rnn": [spec.SimpleRNN(4)],
    "lstm": [spec.LSTM(4, bidirectional=True)],
    "gru": [spec.GRU(4, return_sequences=True, bidirectional=True), spec.GRU(3)],
    "dense at each step": [spec.Dense(3), spec.ReLU(), spec.GRU(3)],
    "normalized": [spec.GRU(4, return_sequences=True), spec.LayerNorm(), spec.LSTM(3)],
    "average": [spec.Dense(4), spec.GlobalAveragePool()],
    "max": [spec.Dense(4), spec.GlobalMaxPool()],
    "convolutions": [
        spec.Conv1D(4, 3),
        spec.ReLU(),
        spec.Conv1D(4, 3, dilation=2),
        spec.GlobalMaxPool(),
    ],
    "causal": [spec.Conv1D(4, 3, padding="causal"), spec.Tanh(), spec.LSTM(3)],
    "residual": [
        spec.Residual([spec.Conv1D(4, 3), spec.ReLU(), spec.Conv1D(4, 3)]),
        spec.GlobalAveragePool(),
    ],
    "depthwise": [
        spec.DepthwiseConv1D(3, multiplier=2),
        spec.Conv1D(3, 1),
        spec.GlobalAveragePool(),
    ],
    "statistics": [spec.Conv1D(4, 3), spec.BatchNorm(), spec.GlobalAveragePool()],
    "strides": [
        spec.Conv1D(4, 2, stride=2, padding=1),
        spec.MaxPool1D(3, 2, 1),
        spec.AveragePool1D(3, 1, 1),
        spec.GlobalAveragePool(),
    ],
    "rounded up": [
        spec.MaxPool1D(3, 2, 1, ceil_mode=True),
        spec.AveragePool1D(2, 2, 1, ceil_mode=True, count_padding=True),
        spec.AveragePool1D(3, 2, ceil_mode=True, padding=1),
        spec.GlobalAveragePool(),
    ],
    "one-sided": [
        spec.Conv1D(4, 3, stride=2, padding=((2, 1),)),
        spec.MaxPool1D(2, 1, ((1, 0),)),
        spec.GlobalAveragePool(),
    ],
    "normalized over steps": [
        spec.GroupNorm(2),
        spec.Dense(4),
        spec.InstanceNorm(),
        spec.GlobalMaxPool(),
    ],
    "resized": [
        spec.Upsampling1D(2, "linear"),
        spec.ZeroPadding1D(((2, 1),)),
        spec.Conv1D(4, 3),
        spec.Cropping1D(1),
        spec.Upsampling1D(2),
        spec.GlobalAveragePool(),
    ],
    "attention": [
        spec.Dense(4),
        spec.PositionEmbedding(),
        spec.RMSNorm(),
        spec.Residual([spec.SelfAttention(2)]),
        spec.SelfAttention(1, causal=True),
        spec.GlobalAveragePool(),
    ],
    "backward": [
        spec.GRU(4, True, reverse=True, reset_after=False),
        spec.LSTM(3, reverse=True, initial_state="learned"),
    ],
    "growing": [
        spec.ConvTranspose1D(4, 3, stride=2, padding="valid"),
        spec.ReLU(),
        spec.GRU(3),
    ],
}


def padded(fill):
    """Put all rows into one batch, with a given value in the padded steps."""
    values = np.full((len(ROWS), STEPS, CHANNELS), fill, np.float32)
    for place, row in enumerate(ROWS):
        values[place, : len(row)] = row
    return {"values": values, "lengths": np.array(LENGTHS, np.int32)}


@pytest.mark.parametrize("layers", NETS.values(), ids=NETS)
def test_a_padded_row_gives_the_output_of_the_row_alone(layers):
    def network(steps):
        return Network(layers, (steps, CHANNELS), num_outputs=3)

    whole = network(STEPS)
    model = whole.initialize(np.random.default_rng(0))
    hyper = {
        name: {key: np.float32(0.1) for key in ("momentum", "epsilon") if key in layer}
        for name in whole.names
        if (layer := vars(whole.model.layer(name))).keys() & {"momentum", "epsilon"}
    }
    infer = jax.jit(whole.infer)
    together = [infer(*model, hyper, padded(fill)) for fill in (0.0, 50.0)]
    np.testing.assert_array_equal(*together)
    each = [network(len(row)) for row in ROWS]

    @jax.jit
    def alone(model, hyper, rows):
        pairs = zip(each, rows, strict=True)
        return [one.infer(*model, hyper, row[None])[0] for one, row in pairs]

    outputs = alone(model, hyper, ROWS)
    np.testing.assert_allclose(together[0], outputs, rtol=1e-4, atol=1e-5)


def test_gradients_do_not_depend_on_padded_steps():
    layers = [spec.Conv1D(4, 3), spec.BatchNorm(), spec.ReLU(), spec.MaxPool1D(2)]
    network = Network([*layers, spec.GRU(3)], (STEPS, CHANNELS), num_outputs=1)
    model = network.initialize(np.random.default_rng(0))
    hyper = {"batch_norm1": {"epsilon": np.float32(1e-5), "momentum": np.float32(0.1)}}
    mask = np.array([1, 1, 1, 0], np.float32)

    def total(parameters, values):
        inputs = padded(0.0) | {"values": values}
        outputs, statistics = network.train(
            parameters, model[1], hyper, inputs, mask=mask
        )
        return (outputs[:, 0] * mask).sum(), statistics

    compute = jax.jit(jax.grad(total, argnums=(0, 1), has_aux=True))
    gradients = [compute(model[0], padded(fill)["values"]) for fill in (0.0, 50.0)]
    jax.tree.map(np.testing.assert_array_equal, *gradients)
    by_values = np.asarray(gradients[0][0][1])
    real = np.arange(STEPS) < np.array(LENGTHS)[:, None]
    assert (by_values[~real] == 0).all()
    assert (np.abs(by_values[0]).sum(axis=1) > 0).sum() >= STEPS - 1


def test_batch_statistics_are_over_real_steps():

    @jax.jit
    def statistics(values, lengths, mask):
        site = nn.BuildContext((STEPS, CHANNELS), np.random.default_rng(0))
        layer = nn.BatchNorm(spec.BatchNorm(1.0), site)
        layer(values, nn.Context(training=True, mask=mask, lengths=lengths))
        return layer.mean[...], layer.variance[...]

    mask = np.array([1, 1, 0, 1], np.float32)
    mean, variance = statistics(**padded(50.0), mask=mask)
    real = np.concatenate([ROWS[0], ROWS[1], ROWS[3]])
    np.testing.assert_allclose(mean, real.mean(0), atol=1e-5)
    np.testing.assert_allclose(variance, real.var(0, ddof=1), rtol=1e-4)


def test_lengths_follow_the_number_of_steps():
    """A padded row has as many output steps as the same row alone."""
    for layer_spec in (
        spec.Conv1D(1, 3, padding="valid"),
        spec.Conv1D(1, 3, stride=2, padding=1),
        spec.Conv1D(1, 4, stride=3),
        spec.MaxPool1D(2),
        spec.MaxPool1D(2, ceil_mode=True),
        spec.AveragePool1D(3, 2, 1, ceil_mode=True),
        spec.Conv1D(1, 3, stride=2, padding=((2, 1),)),
        spec.ConvTranspose1D(1, 3, stride=2),
        spec.ConvTranspose1D(1, 3, stride=2, padding=((1, 0),)),
        spec.ZeroPadding1D(((1, 2),)),
        spec.Cropping1D(((1, 0),)),
        spec.Upsampling1D(3),
    ):
        site = nn.BuildContext((STEPS, CHANNELS), np.random.default_rng(0))
        layer = nn.LAYERS[layer_spec.kind](layer_spec, site)

        @jax.jit
        def lengths_after(x, lengths, layer=layer):
            context = nn.Context(lengths=lengths)
            layer(x, context)
            return context.lengths

        x = np.ones((3, STEPS, CHANNELS), np.float32)
        after = lengths_after(x, np.array([9, 7, 3]))
        for length, steps in zip((9, 7, 3), np.asarray(after), strict=True):
            alone = nn.BuildContext((length, CHANNELS), np.random.default_rng(0))
            expected = nn.LAYERS[layer_spec.kind](layer_spec, alone).output_shape[0]
            assert int(steps) == expected, (layer_spec, length)


@pytest.mark.parametrize("padding", ["same_lower", "same", 1])
@pytest.mark.parametrize("pool", [spec.MaxPool1D, spec.AveragePool1D])
def test_a_window_without_real_steps_gives_zero(pool, padding):
    """With a dilation of 2, the window of the first step reads its two neighbors."""
    layer_spec = pool(2, 1, padding, dilation=2)
    site = nn.BuildContext((STEPS, CHANNELS), np.random.default_rng(0))
    layer = nn.LAYERS[layer_spec.kind](layer_spec, site)

    @jax.jit
    def outputs(values, lengths):
        return layer(values, nn.Context(lengths=lengths))

    inputs = padded(50.0)
    values = inputs["values"] - 100  # a real maximum below 0 must stay
    y = np.asarray(outputs(values, inputs["lengths"]))
    (short,) = (place for place, length in enumerate(LENGTHS) if length == 1)
    np.testing.assert_array_equal(y[short], 0)
    longest = LENGTHS.index(STEPS)
    assert (y[longest] < -50).all()


def test_a_row_without_steps_gives_finite_outputs():
    """Such rows pad a batch."""
    layers = [
        spec.Conv1D(4, 3),
        spec.MaxPool1D(2),
        spec.AveragePool1D(2),
        spec.LSTM(3, return_sequences=True),
    ]
    for last in (spec.GlobalMaxPool(), spec.GlobalAveragePool(), spec.GRU(2)):
        network = Network([*layers, last], (STEPS, CHANNELS), num_outputs=1)
        model = network.initialize(np.random.default_rng(0))
        inputs = padded(0.0) | {"lengths": np.zeros(4, np.int32)}
        assert np.isfinite(jax.jit(network.infer)(*model, {}, inputs)).all()


def test_flattened_padding_is_zero():
    site = nn.BuildContext((STEPS, CHANNELS), np.random.default_rng(0))
    inputs = padded(50.0)
    for layer_spec in (spec.Flatten(), spec.Reshape(STEPS * CHANNELS)):
        context = nn.Context(lengths=inputs["lengths"])
        y = nn.LAYERS[layer_spec.kind](layer_spec, site)(inputs["values"], context)
        np.testing.assert_array_equal(y, padded(0.0)["values"].reshape(4, -1))
        assert context.lengths is None
