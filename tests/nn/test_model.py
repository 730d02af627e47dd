"""A model names its layers, and its values can be recorded and perturbed."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from assay import nn, spec
from assay._errors import InputError

LAYERS = [spec.Dense(6), spec.Tanh(), spec.Dense(5), spec.Tanh(), spec.Dropout(0.5)]


def built(layers=LAYERS, *, seed=0):
    """Build a model with 4 inputs and 3 outputs."""
    rng = np.random.default_rng(seed)
    return nn.build(layers, (4,), num_outputs=3, rng=rng)


X = jax.random.normal(jax.random.key(0), (7, 4))


def test_layers_are_named_by_kind_and_number():
    model = built()
    expected = ("dense1", "tanh1", "dense2", "tanh2", "dropout1", "output")
    assert model.names == expected
    assert [model.layer(name).output_shape for name in expected] == [
        (6,), (6,), (5,), (5,), (5,), (3,),
    ]  # fmt: skip
    assert isinstance(model.output, nn.Dense)
    assert built([]).names == ("output",)


def test_recorded_values_are_the_outputs_of_the_layers_in_order():
    model = built()
    context = nn.Context(recording=True)
    y = model(X, context)
    h = X
    for name in ("dense1", "dense2"):
        layer = model.layer(name)
        h = jnp.tanh(h @ layer.kernel[...] + layer.bias[...][None])
        np.testing.assert_allclose(
            context.values[name.replace("dense", "tanh")], h, rtol=1e-5, atol=1e-6
        )
    expected = h @ model.output.kernel[...] + model.output.bias[...][None]
    np.testing.assert_allclose(y, expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(context.values["output"], y)
    assert list(context.values) == list(model.names)


def test_nothing_is_recorded_by_default():
    context = nn.Context()
    built()(X, context)
    assert context.values == {}


def test_initial_values_depend_on_the_seed():
    def kernels(seed):
        model = built(seed=seed)
        return np.concatenate(
            [model.layer(n).kernel[...].ravel() for n in ("dense1", "dense2", "output")]
        )

    np.testing.assert_array_equal(kernels(0), kernels(0))
    assert (kernels(0) != kernels(1)).all()
    assert len(np.unique(kernels(0))) == len(kernels(0))


def test_a_perturbation_is_added_to_the_value_of_its_name():
    model = built()
    plain = nn.Context(recording=True)
    model(X, plain)
    moved = nn.Context(recording=True, perturbations={"tanh1": jnp.ones((7, 6))})
    model(X, moved)
    np.testing.assert_allclose(moved.values["tanh1"], plain.values["tanh1"] + 1)
    np.testing.assert_array_equal(moved.values["dense1"], plain.values["dense1"])
    assert np.abs(moved.values["output"] - plain.values["output"]).max() > 0.1


def test_the_derivative_with_respect_to_a_perturbation_is_the_gradient():
    """Gradients agree with central finite differences of a nearly quadratic cost."""
    model = built()

    @jax.jit
    def total(p):
        return (model(X, nn.Context(perturbations={"tanh1": p})) ** 2).sum()

    at = jnp.zeros((7, 6))
    gradient, step = jax.grad(total)(at), 0.05
    for place in ((0, 0), (3, 5), (6, 2)):
        nudge = at.at[place].set(step)
        slope = (total(nudge) - total(-nudge)) / (2 * step)
        assert gradient[place] == pytest.approx(float(slope), rel=2e-3, abs=1e-3)


def test_keys_of_a_pass_differ_and_repeat_with_its_key():
    def keys(seed):
        context = nn.Context(key=jax.random.key(seed))
        return [jax.random.key_data(context.new_key()).tolist() for _ in range(3)]

    assert keys(0) == keys(0)
    distinct = {tuple(words) for words in keys(0) + keys(1)}
    assert len(distinct) == 6


def test_an_unknown_initializer_stops_the_build():
    with pytest.raises(InputError, match="Did you mean 'he'"):
        built([spec.Dense(3, initializer="hee")])
