"""Recurrent layers have the expected initial values and outputs in both directions."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from assay import nn, spec

KINDS = pytest.mark.parametrize("kind", [spec.SimpleRNN, spec.LSTM, spec.GRU])
X = jax.random.normal(jax.random.key(0), (3, 6, 2))


def built(layer_spec, shape=(6, 2)):
    """Build a layer."""
    return nn.LAYERS[layer_spec.kind](
        layer_spec, nn.BuildContext(shape, np.random.default_rng(0))
    )


@KINDS
def test_the_last_state_is_the_last_of_the_returned_sequence(kind):
    every, last = built(kind(4, return_sequences=True)), built(kind(4))
    states = every(X, nn.Context())
    np.testing.assert_array_equal(states[:, -1], last(X, nn.Context()))
    assert not np.allclose(states[:, 0], states[:, -1])


@KINDS
def test_the_second_direction_walks_from_the_end(kind):
    both = built(kind(4, return_sequences=True, bidirectional=True))
    one = built(kind(4, return_sequences=True))
    for name in ("kernel", "recurrent_kernel", "bias", "recurrent_bias"):
        if hasattr(one, name):
            getattr(one, name).set_value(getattr(both, f"backward_{name}")[...])
    y = both(X, nn.Context())
    backward = one(X[:, ::-1], nn.Context())[:, ::-1]
    np.testing.assert_allclose(y[..., 4:], backward, rtol=1e-5, atol=1e-6)
    many_to_one = built(kind(4, bidirectional=True))
    ends = jnp.concatenate([y[:, -1, :4], y[:, 0, 4:]], axis=1)
    np.testing.assert_allclose(many_to_one(X, nn.Context()), ends, atol=1e-6)


@KINDS
def test_initial_values(kind):
    layer = built(kind(8), (6, 5))
    gates = jnp.split(layer.recurrent_kernel[...], layer.num_gates, axis=1)
    for gate in gates:  # each gate is orthogonal
        np.testing.assert_allclose(gate @ gate.T, np.eye(8), atol=1e-5)
    limit = (6 / (5 + 8)) ** 0.5  # Glorot initialization of one gate
    kernel = np.abs(layer.kernel[...])
    assert 0.9 * limit < kernel.max() <= limit
    bias = np.zeros(8 * layer.num_gates)
    if kind is spec.LSTM:
        bias[8:16] = 1  # the forget gate starts open
    np.testing.assert_array_equal(layer.bias[...], bias)


def test_a_simple_rnn_by_hand():
    layer = built(spec.SimpleRNN(1), (3, 1))
    layer.kernel.set_value(jnp.full((1, 1), 0.5))
    layer.recurrent_kernel.set_value(jnp.full((1, 1), -2.0))
    layer.bias.set_value(jnp.full((1,), 0.1))
    state = 0.0
    for x in (1.0, -1.0, 2.0):
        state = np.tanh(0.5 * x - 2.0 * state + 0.1)
    y = layer(jnp.array([[[1.0], [-1.0], [2.0]]]), nn.Context())
    assert float(y[0, 0]) == pytest.approx(state, rel=1e-5)


@KINDS
def test_a_layer_in_reverse_is_the_layer_of_the_reversed_steps(kind):
    forward = built(kind(4, return_sequences=True))
    states = built(kind(4, return_sequences=True, reverse=True))(X, nn.Context())
    expected = forward(X[:, ::-1], nn.Context())[:, ::-1]
    np.testing.assert_allclose(states, expected, rtol=1e-5, atol=1e-6)
    last = built(kind(4, reverse=True))(X, nn.Context())
    np.testing.assert_allclose(last, states[:, 0], rtol=1e-5, atol=1e-6)


@KINDS
def test_a_learned_state_starts_at_zero_and_counts(kind):
    layer = built(kind(4, initial_state="learned"))
    np.testing.assert_array_equal(
        layer(X, nn.Context()), built(kind(4))(X, nn.Context())
    )
    layer.initial_state.set_value(jnp.array([0.5, -0.5, 1.0, 0.0]))
    empty = nn.Context(lengths=jnp.array([6, 0, 2]))
    y = layer(X, empty)
    np.testing.assert_allclose(y[1], layer.initial_state[...])
    shorter = layer(X[2:, :2], nn.Context())
    np.testing.assert_allclose(y[2], shorter[0], rtol=1e-5, atol=1e-6)


def test_a_reset_state_reaches_the_candidate_before_the_product():
    """Where the reset gate is closed, the candidate depends only on the input."""
    layer = built(spec.GRU(4, reset_after=False))
    assert not hasattr(layer, "recurrent_bias")
    layer.bias.set_value(
        jnp.concatenate([jnp.full(4, -50.0), jnp.full(4, -50.0), jnp.zeros(4)])
    )
    expected = jnp.tanh(X[:, -1] @ layer.kernel[...][:, 8:])
    np.testing.assert_allclose(layer(X, nn.Context()), expected, rtol=1e-5, atol=1e-6)


@KINDS
def test_recurrent_layers_can_be_stacked(kind):
    layers = [kind(4, return_sequences=True), kind(3)]
    rng = np.random.default_rng(0)
    model = nn.build(layers, (6, 2), num_outputs=2, rng=rng)
    assert model(X, nn.Context()).shape == (3, 2)


def test_embedded_columns_come_after_the_numbers():
    layer_spec = spec.EmbedColumns(((2, 3), (0, 100)), units="auto")
    site = nn.BuildContext((4,), np.random.default_rng(0))
    layer = nn.LAYERS["embed_columns"](layer_spec, site)
    assert layer.output_shape == (2 + 1 + 50,)  # half of the codes, at most 50
    x = np.array([[7, 0.5, 2, -1.5], [99, 1.5, 0, 3]], np.float32)
    y = np.asarray(layer(x, nn.Context()))
    np.testing.assert_array_equal(y[:, :2], x[:, [1, 3]])
    np.testing.assert_array_equal(y[:, 2], layer.kernel2[...][[2, 0], 0])
    np.testing.assert_array_equal(y[:, 3:], layer.kernel0[...][[7, 99]])


def test_a_code_out_of_range_takes_the_nearest_row():
    layer = built(spec.Embedding(5, 3), (2,))
    y = layer(np.array([[-1.0, 9.0]]), nn.Context())
    np.testing.assert_array_equal(y[0], layer.kernel[...][np.array([0, 4])])


def test_an_embedding_takes_one_channel_of_codes():
    flat, channel = (
        built(spec.Embedding(5, 3), (4,)),
        built(spec.Embedding(5, 3), (4, 1)),
    )
    codes = np.array([[0, 4, 2, 2]])
    np.testing.assert_array_equal(
        flat(codes, nn.Context()), channel(codes[..., None], nn.Context())
    )
