"""The values and gradients of layers agree with PyTorch."""

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from assay import nn, spec

DATA = dict(np.load(Path(__file__).parents[2] / "reference" / "nn_layers.npz"))
WALKS = {"return_sequences": True, "bidirectional": True}
ASKED = [
    spec.Conv1D(5, 4, padding=2),
    spec.Conv2D(6, 3, stride=2, padding=1, dilation=2, groups=2),
    spec.Conv3D(3, (1, 2, 3), stride=(1, 2, 1), padding="valid"),
    spec.DepthwiseConv2D(3, 2),
    spec.ConvTranspose2D(6, 3, stride=2, padding=1, output_padding=1, groups=2),
    spec.SimpleRNN(4, **WALKS),
    spec.LSTM(4, **WALKS),
    spec.GRU(4, **WALKS),
    spec.LayerNorm(1e-3),
    spec.Embedding(7, 3),
]


@pytest.mark.parametrize("layer_spec", ASKED, ids=lambda layer_spec: layer_spec.kind)
def test_values_and_gradients_equal_pytorch(layer_spec):
    def known(name):
        return DATA[f"{layer_spec.kind}_{name}"]

    site = nn.BuildContext(known("x").shape[1:], np.random.default_rng(0))
    layer = nn.LAYERS[layer_spec.kind](layer_spec, site)
    definition, parameters, rest = nnx.split(layer, nnx.Param, ...)
    lengths = DATA["lengths"] if isinstance(layer_spec, spec.Recurrent) else None
    assert layer.output_shape == known("y").shape[1:]

    def run(values, x):
        nnx.replace_by_pure_dict(parameters, values)
        context = nn.Context(lengths=lengths)
        return nnx.merge(definition, parameters, rest)(x, context)

    values = {name: known(name) for name in nnx.to_pure_dict(parameters)}
    shapes = {k: v.shape for k, v in nnx.to_pure_dict(parameters).items()}
    assert {k: v.shape for k, v in values.items()} == shapes
    y, pull = jax.vjp(jax.jit(run), values, known("x"))
    np.testing.assert_allclose(y, known("y"), rtol=1e-5, atol=2e-6)
    by_parameters, dx = pull(jnp.asarray(known("g")))
    if layer_spec.kind != "embedding":
        np.testing.assert_allclose(dx, known("dx"), rtol=1e-5, atol=1e-5)
    for name, gradient in by_parameters.items():
        np.testing.assert_allclose(
            gradient, known(f"d{name}"), rtol=1e-5, atol=1e-5, err_msg=name
        )
