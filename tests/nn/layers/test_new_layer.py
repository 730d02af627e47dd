"""Adding a layer requires only a spec class and a layer class."""

from contextlib import contextmanager
from typing import ClassVar

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from assay import nn, spec
from assay._errors import InputError
from assay.nn import ops
from assay.spec._fields import Positive
from assay.training import TrainingData

NUM_TRAIN, NUM_VAL = 96, 48


@contextmanager
def new_layer():
    """Add a layer, y = factor x + shift with a learned shift, and remove it again."""

    class Affine(spec.Layer):
        """Scales by a given factor and shifts by a learned number per channel."""

        kind: ClassVar[str] = "affine"
        formula: ClassVar[str] = "y = factor x + shift"
        factor: Positive = 2.0

    @nn.builds(Affine)
    class AffineLayer(nn.Layer):
        """Computes y = factor x + shift."""

        def __init__(self, layer_spec, context):
            super().__init__(layer_spec, context)
            self.shift = nnx.Param(np.zeros(context.input_shape[-1], np.float32))

        def __call__(self, x, context):
            return self.factor[...] * x + ops.along_last_axis(self.shift[...], x)

    yield Affine
    nn.LAYERS.remove(Affine)
    del spec.Layer.members[Affine.kind]


@contextmanager
def new_activation():
    """Add an activation, y = sin(frequency x), and remove it again."""

    class Sine(spec.Activation):
        """Waves."""

        kind: ClassVar[str] = "sine"
        formula: ClassVar[str] = "sin(frequency·x)"
        frequency: Positive = 1.0

    @nn.activation(Sine, initializer="glorot")
    def sine(x, *, frequency):
        return jnp.sin(frequency * x)

    yield Sine
    del nn.ACTIVATIONS._items[Sine.kind]
    del spec.Layer.members[Sine.kind]


def trained(layers):
    """Train a small network on the XOR of two signs, and return its last epoch."""
    rng = np.random.default_rng(0)
    x = rng.choice([-1.0, 1.0], (NUM_TRAIN + NUM_VAL, 2)).astype(np.float32)
    y = np.int32(x[:, 0] != x[:, 1])
    training = spec.Training(
        model=layers,
        cost="binary_cross_entropy",
        optimizer=spec.Adam(0.05),
        regularizers=(),
        batch_size=24,
        num_epochs=40,
    )
    parts = (x[:NUM_TRAIN], y[:NUM_TRAIN]), (x[NUM_TRAIN:], y[NUM_TRAIN:])
    fit = TrainingData.of(*parts, num_classes=2).fit(training, seed=0).run()
    return {name: column[-1] for name, column in fit.history.epochs.items()}


def test_a_new_layer_is_built_described_and_trained():
    with new_layer() as affine:
        layers = [spec.Dense(8), affine(factor=1.5), spec.Tanh()]
        model = nn.build(layers, (2,), num_outputs=1, rng=np.random.default_rng(0))
        assert model.names == ("dense1", "affine1", "tanh1", "output")
        context = nn.Context(recording=True)
        model(jnp.ones((1, 2)), context)
        expected = 1.5 * context.values["dense1"]
        np.testing.assert_allclose(context.values["affine1"], expected, rtol=1e-6)
        row = nn.describe(layers, (2,), num_outputs=1)[1]
        assert (row.output_shape, row.num_parameters) == ((8,), 8)
        as_data = [{"kind": "dense", "units": 8}, "affine", "tanh"]
        assert trained(as_data)["val_score"] == 1.0
    assert "affine" not in nn.LAYERS
    with pytest.raises(InputError, match="unknown layer"):
        spec.Training(model=["affine"])


def test_a_new_activation_is_built_and_trained():
    with new_activation() as sine:
        assert nn.LAYERS["sine"] is nn.ActivationLayer
        assert nn.ACTIVATIONS["sine"].hyperparameters == {"frequency": 1.0}
        slope = nn.derivative("sine")(jnp.zeros(1), frequency=3.0)
        assert slope.tolist() == [3.0]
        assert trained([spec.Dense(8), sine(frequency=2.0)])["val_score"] == 1.0
    assert "sine" not in nn.LAYERS


def test_a_spec_class_is_registered_once():
    with pytest.raises(ValueError, match="Dense is already registered"):
        nn.builds(spec.Dense)(nn.Embedding)
    nn.builds(spec.Dense)(nn.Dense)  # the same class again, as if it were reloaded
