"""Arguments with mismatched shapes are rejected while a program is traced."""

import jax
import jax.numpy as jnp
import pytest

from assay._errors import InputError
from assay.nn import ops

pytestmark = pytest.mark.usefixtures("computed_by")
CELLS = {"simple_rnn": (ops.simple_rnn, 1), "lstm": (ops.lstm, 4), "gru": (ops.gru, 3)}
N, T, C, H = 2, 5, 3, 4


@pytest.mark.parametrize("shape", [(2, 6, 4), (4,)])
def test_dense_takes_rows_alone(shape):
    step = ops.DenseStep(jnp.ones((4, 3)), None, "relu")
    with pytest.raises(InputError, match=r"`x.ndim == 2` must hold") as caught:
        ops.dense(jnp.ones(shape), [step])
    assert f"x.shape={shape}" in str(caught.value)


@pytest.mark.parametrize(
    ("kernel", "bias", "message"),
    [
        ((5, 3), (3,), r"`steps\[1\].kernel.shape == \(4, units\)` .* got .*=\(5, 3\)"),
        ((4,), (3,), r"`steps\[1\].kernel.shape == \(4, units\)` .* got .*=\(4,\)"),
        ((4, 3), (4,), r"`steps\[1\].bias.shape == \(3,\)` .* got .*=\(4,\)"),
    ],
)
def test_dense_layers_fit_one_another(kernel, bias, message):
    first = ops.DenseStep(jnp.ones((6, 4)), None, "relu")
    second = ops.DenseStep(jnp.ones(kernel), jnp.ones(bias), "identity")
    with pytest.raises(InputError, match=message):
        ops.dense(jnp.ones((2, 6)), [first, second])


def test_unknown_activation():
    step = ops.DenseStep(jnp.ones((4, 3)), None, "relo")
    with pytest.raises(InputError, match=r"Did you mean 'relu'\?"):
        ops.dense(jnp.ones((2, 4)), [step])


def run(name, **changes):
    function, gates = CELLS[name]
    shapes = {
        "x": (N, T, C),
        "kernel": (C, gates * H),
        "recurrent_kernel": (H, gates * H),
        "bias": (gates * H,),
    }
    arrays = {key: jnp.ones(shape) for key, shape in shapes.items()}
    return function(**{**arrays, **changes})


@pytest.mark.parametrize("name", CELLS)
def test_the_unchanged_arguments_are_valid(name):
    states = jnp.ones((N, H))
    initial = (states, states) if name == "lstm" else states
    run(name, lengths=jnp.array([3, 9]), initial=initial)


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize(
    ("argument", "shape", "invariant"),
    [
        ("x", (N, C), "x.ndim == 3"),
        ("x", (N, T, C + 1), "kernel.shape == ({C} + 1"),
        ("recurrent_kernel", (H + 1, H), "recurrent_kernel.shape == (4, {gates})"),
        ("recurrent_kernel", (H,), "recurrent_kernel.shape == (4, {gates})"),
        ("bias", (H + 1,), "bias.shape == ({gates},)"),
        ("initial", (N + 1, H), "shape == (2, 4)"),
        ("initial", (H,), "shape == (2, 4)"),
    ],
)
def test_recurrent_shapes(name, argument, shape, invariant):
    array = jnp.ones(shape)
    if argument == "initial" and name == "lstm":
        array = (jnp.ones((N, H)), array)
    with pytest.raises(InputError) as caught:
        run(name, **{argument: array})
    expected = invariant.format(gates=CELLS[name][1] * H, C=C)
    expected = expected.replace(f"({C} + 1", f"({C + 1}, ")
    assert expected in str(caught.value)
    actual = shape if argument != "x" or len(shape) == 2 else (C, CELLS[name][1] * H)
    assert f"={actual}." in str(caught.value)


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize(
    ("lengths", "message"),
    [
        (jnp.ones(N + 1, jnp.int32), r"`lengths.shape == \(2,\)` .* got .*=\(3,\)"),
        (jnp.ones(N, jnp.float32), "lengths.astype"),
    ],
)
def test_lengths(name, lengths, message):
    with pytest.raises(InputError, match=message):
        run(name, lengths=lengths)


def test_gru_recurrent_bias():
    with pytest.raises(InputError, match=r"`recurrent_bias.shape == \(4,\)`"):
        run("gru", recurrent_bias=jnp.ones(3 * H))


def test_all_faults_together_and_under_jit():
    with pytest.raises(InputError) as caught:
        jax.jit(lambda b: run("gru", bias=b, lengths=jnp.ones(1, jnp.int32)))(
            jnp.ones(5)
        )
    assert len(caught.value.faults) == 2
