"""CPU tests that must also pass on an accelerator; scripts/gpu_check.py runs them.

Without an accelerator, these tests are skipped unless ASSAY_GPU_DRY_RUN is set.
"""

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

import assay
from assay import nn, spec
from assay.training import TrainingData, advance_together

pytestmark = pytest.mark.gpu

CONTRACT_TEST = Path(__file__).parents[1] / "nn" / "layers" / "test_contract.py"
ROWS = runpy.run_path(str(CONTRACT_TEST))["ROWS"]
LAYERS = [
    pytest.param(layer_spec, next(iter(shapes)), id=layer_spec.kind)
    for layer_spec, _, shapes in ROWS
]
TWICE = """
import numpy as np
from assay import spec
from assay.training import TrainingData
random = np.random.default_rng(0)
inputs = random.normal(size=(256, 8, 8, 1)).astype(np.float32)
targets = random.integers(0, 3, 256).astype(np.int32)
data = TrainingData.of((inputs, targets), (inputs[:32], targets[:32]), num_classes=3)
training = spec.Training(
    model=(spec.Conv2D(8, 3), spec.ReLU(), spec.MaxPool2D(2), spec.Flatten()),
    cost=spec.CrossEntropy(), optimizer=spec.Adam(0.01), regularizers=(),
    batch_size=32, num_epochs=3,
)
costs = [data.fit(training, seed=0).run().history.iterations["cost"] for _ in range(2)]
assert len(costs[0]) == 24
assert costs[0].tobytes() == costs[1].tobytes(), np.abs(costs[0] - costs[1]).max()
"""


def data(num_classes=3, n=90):
    """Return rows of 4 numbers with a class that depends linearly on them."""
    random = np.random.default_rng(0)
    inputs = random.normal(size=(n, 4)).astype(np.float32)
    teacher = random.normal(size=(4, num_classes))
    targets = (inputs @ teacher).argmax(axis=1).astype(np.int32)
    parts = (inputs[:60], targets[:60]), (inputs[60:], targets[60:])
    return TrainingData.of(*parts, num_classes=num_classes)


def training(learning_rate=0.02):
    return spec.Training(
        model=(spec.Dense(16), spec.Tanh()),
        cost=spec.CrossEntropy(),
        optimizer=spec.Adam(learning_rate),
        regularizers=(),
        batch_size=20,
        num_epochs=8,
    )


def test_protocol_runs_on_the_accelerator(tmp_path):
    run = assay.Experiment(
        data="iris",
        model=[assay.Dense(8), assay.ReLU()],
        optimizer=assay.Adam(learning_rate=assay.log(1e-2, 1e-1)),
        num_epochs=30,
        tune=assay.Tune(num_trials=4, together="stacked"),
        seed=1,
    ).run(runs=tmp_path)
    assert run.test.num_examples == 23
    assert run.test.value > 0.8
    resolved = json.loads((run.path / "resolved.json").read_text())
    assert resolved["device"] == str(jax.devices()[0])


def test_parameters_lie_on_the_accelerator():
    fit = data().fit(training(), seed=0)
    fit.advance()
    leaves = jax.tree.leaves(fit.state)
    places = {place for leaf in leaves for place in jnp.asarray(leaf).devices()}
    assert places == {jax.devices()[0]}


def test_stacked_members_equal_each_by_itself():
    material, rates = data(), (0.003, 0.02, 0.1)
    together = [
        material.fit(training(rate), seed=seed) for seed, rate in enumerate(rates)
    ]
    advance_together(together, size=4)
    for seed, (rate, member) in enumerate(zip(rates, together, strict=True)):
        alone = material.fit(training(rate), seed=seed).run()
        assert member.iteration == alone.iteration == 24
        # products in TF32 have 10 bits of precision
        np.testing.assert_allclose(
            member.history.iterations["cost"],
            alone.history.iterations["cost"],
            rtol=2e-2,
            atol=2e-3,
        )


@pytest.mark.parametrize(("layer_spec", "shape"), LAYERS)
def test_layer_agrees_with_the_cpu(layer_spec, shape):
    """Compare training outputs and gradients, with products in full precision."""
    context = nn.BuildContext(shape, np.random.default_rng(0))
    layer = nn.LAYERS[layer_spec.kind](layer_spec, context)
    definition, parameters, rest = nnx.split(layer, nnx.Param, ...)
    inputs = np.random.default_rng(1).normal(size=(6, *shape)).astype(np.float32)
    if layer_spec.kind in ("embedding", "embed_columns"):
        inputs = np.abs(inputs).round()

    @jax.jit
    def run(parameters, rest, x):
        def total(parameters, x):
            context = nn.Context(training=True, key=jax.random.key(0))
            y = nnx.merge(definition, parameters, rest, copy=True)(x, context)
            return (y * jnp.cos(jnp.arange(y.size).reshape(y.shape))).sum(), y

        return jax.grad(total, argnums=(0, 1), has_aux=True)(parameters, x)

    results = []
    for device in (jax.devices()[0], jax.devices("cpu")[0]):
        arguments = jax.device_put((parameters, rest, inputs), device)
        with jax.default_matmul_precision("float32"):
            results.append(jax.tree.leaves(jax.device_get(run(*arguments))))
    assert all(np.isfinite(leaf).all() for leaf in results[0])
    for ours, reference in zip(*results, strict=True):
        np.testing.assert_allclose(ours, reference, rtol=1e-3, atol=1e-4)


def test_deterministic_operations_repeat_bit_for_bit():
    """XLA reads its flags once, so the fits run in a separate process."""
    flags = "--xla_gpu_deterministic_ops=true"
    source = str(Path(assay.__file__).parents[1])
    environment = os.environ | {"XLA_FLAGS": flags, "PYTHONPATH": source}
    # two processes share the GPU
    environment["XLA_PYTHON_CLIENT_PREALLOCATE"] = "false"
    done = subprocess.run(
        [sys.executable, "-c", TWICE], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
