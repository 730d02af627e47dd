"""The values and gradients of layers agree with PyTorch."""

import json
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


OPTIONS = np.load(Path(__file__).parents[2] / "reference" / "options" / "options.npz")
NUMBERED = sorted({name.partition("/")[0] for name in OPTIONS.files})


def option_case(number):
    """Return the spec of a numbered case and its arrays by name."""
    prefix = f"{number}/"
    arrays = {
        name.removeprefix(prefix): OPTIONS[name]
        for name in OPTIONS.files
        if name.startswith(prefix)
    }
    return spec.Layer.read(json.loads(str(arrays.pop("spec")))), arrays


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=f"{number}-{case[0].kind}")
        for number in NUMBERED
        for case in [option_case(number)]
    ],
)
def test_options_equal_pytorch_and_onnx_runtime(case):
    layer_spec, known = case
    site = nn.BuildContext(known["x"].shape[1:], np.random.default_rng(0))
    layer = nn.LAYERS[layer_spec.kind](layer_spec, site)
    definition, parameters, rest = nnx.split(layer, nnx.Param, ...)
    assert layer.output_shape == known["y"].shape[1:]
    shapes = {k: v.shape for k, v in nnx.to_pure_dict(parameters).items()}
    values = {name: known[f"p.{name}"] for name in shapes}
    assert {k: v.shape for k, v in values.items()} == shapes
    has_gradients = "g" in known

    def run(values, x):
        nnx.replace_by_pure_dict(parameters, values)
        context = nn.Context(lengths=known.get("lengths"))
        return nnx.merge(definition, parameters, rest)(x, context)

    @jax.jit
    def both(values, x, g):
        if not has_gradients:
            return run(values, x), ({}, None)
        y, pull = jax.vjp(run, values, x)
        return y, pull(g)

    y, (by_parameters, dx) = both(values, known["x"], known.get("g"))
    np.testing.assert_allclose(y, known["y"], rtol=1e-5, atol=5e-6)
    if has_gradients:
        np.testing.assert_allclose(dx, known["d.x"], rtol=1e-4, atol=1e-5)
    for name, gradient in by_parameters.items():
        expected = known[f"d.{name}"]
        # some entries are sums of large terms that cancel, as for the bias of keys
        scale = max(1, np.abs(expected).max())
        np.testing.assert_allclose(
            gradient, expected, rtol=1e-4, atol=5e-6 * scale, err_msg=name
        )
