"""Exported code computes the same outputs as Assay for every layer and option."""

import jax
import numpy as np
import pytest
from flax import nnx
from layer_cases import CASES, expected, inputs_of, trained_layers_of

from assay import nn
from assay.exporting.source._code import Code
from assay.exporting.source._file import network_code
from assay.exporting.source.flax._language import FLAX
from assay.exporting.source.torch._language import TORCH


@pytest.mark.parametrize("language", [FLAX, TORCH], ids=lambda value: value.name)
def test_every_layer_has_a_translator(language):
    assert set(language.translators) == set(nn.LAYERS)


def translated(name, language):
    """Return the code of the network of a case."""
    case = CASES[name]
    code = Code(language.translators, uneven=case.uneven)
    code.layers(trained_layers_of(case))
    return code


def flax_network(code):
    """Run the code of a network, and return the network with its arrays.

    Initial values are not drawn, because each shape would be compiled.
    """
    module = {}
    exec(FLAX.imports + network_code(code, FLAX), module)
    network = nnx.eval_shape(lambda: module["Network"](nnx.Rngs(0)))
    for path, array in code.arrays.items():
        part, name = path.split(".")
        variable = getattr(getattr(network, part), name)
        assert variable.shape == array.shape, path
        variable.set_value(array)
    for _, variable in nnx.iter_graph(network):  # dropout has a random state
        if isinstance(variable, nnx.RngState):
            is_key = isinstance(variable, nnx.RngKey)
            variable.set_value(jax.random.key(0) if is_key else np.uint32(0))
    network.eval()
    return network


@pytest.mark.parametrize("name", CASES)
def test_flax_outputs_are_equal(name):
    network = flax_network(translated(name, FLAX))
    # Outside of these tests, JAX adds axes, as NumPy does.
    with jax.numpy_rank_promotion("allow"):
        run = nnx.jit(lambda network, *inputs: network(*inputs))
        outputs = run(network, *inputs_of(CASES[name]))
    np.testing.assert_allclose(outputs, expected(name), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", CASES)
def test_torch_code_is_complete(name):
    code = translated(name, TORCH)
    compile(TORCH.imports + network_code(code, TORCH), name, "exec")
    parts = {line.split(" = ")[0].removeprefix("self.") for line in code.build}
    assert {path.split(".")[0] for path in code.arrays} <= parts


@pytest.mark.parametrize("name", CASES)
def test_torch_outputs_are_equal(name):
    torch = pytest.importorskip("torch")
    code, module = translated(name, TORCH), {}
    exec(TORCH.imports + network_code(code, TORCH), module)
    network = module["Network"]()
    arrays = {path: torch.from_numpy(array) for path, array in code.arrays.items()}
    network.load_state_dict(arrays)
    network.eval()
    values, lengths = inputs_of(CASES[name])
    steps = None if lengths is None else torch.from_numpy(lengths)
    with torch.no_grad():
        outputs = network(torch.from_numpy(values), steps).numpy()
    np.testing.assert_allclose(outputs, expected(name), rtol=1e-5, atol=1e-5)
