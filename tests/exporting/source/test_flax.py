"""Exported Flax code computes the same outputs as Assay for every layer and option."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from layer_cases import (
    CASES,
    expected,
    hyperparameters_of,
    inputs_of,
    network_of,
    perturbed,
)

from assay import nn
from assay.exporting._trained_layers import trained_layers
from assay.exporting.source._code import Code
from assay.exporting.source._file import network_code
from assay.exporting.source.flax._language import FLAX


def test_every_layer_has_a_translator():
    assert set(FLAX.translators) == set(nn.LAYERS)


def rebuilt(code):
    """Run the code of a network, and return the network with its arrays."""
    module = {}
    exec(FLAX.imports + network_code(code, FLAX), module)
    network = module["Network"](nnx.Rngs(0))
    for path, array in code.arrays.items():
        part, name = path.split(".")
        variable = getattr(getattr(network, part), name)
        assert variable.shape == array.shape, path
        variable.set_value(jnp.asarray(array))
    network.eval()
    return network


@pytest.mark.parametrize("name", CASES)
def test_outputs_are_equal(name):
    case = CASES[name]
    network = network_of(case)
    trees = [*perturbed(network), hyperparameters_of(case)]
    code = Code(FLAX.translators, uneven=case.uneven)
    code.layers(trained_layers(network, trees))
    # Outside of these tests, JAX adds axes, as NumPy does.
    with jax.numpy_rank_promotion("allow"):
        run = nnx.jit(lambda network, *inputs: network(*inputs))
        outputs = run(rebuilt(code), *inputs_of(case))
    np.testing.assert_allclose(outputs, expected(name), rtol=1e-5, atol=1e-5)
