"""Exported PyTorch code computes the same outputs as Assay."""

import numpy as np
import pytest
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
from assay.exporting.source.torch._language import TORCH


def test_every_layer_has_a_translator():
    assert set(TORCH.translators) == set(nn.LAYERS)


def translated(name):
    """Return the code of the network of a case."""
    case = CASES[name]
    network = network_of(case)
    trees = [*perturbed(network), hyperparameters_of(case)]
    code = Code(TORCH.translators, uneven=case.uneven)
    code.layers(trained_layers(network, trees))
    return code


@pytest.mark.parametrize("name", CASES)
def test_code_is_complete(name):
    code = translated(name)
    compile(TORCH.imports + network_code(code, TORCH), name, "exec")
    parts = {line.split(" = ")[0].removeprefix("self.") for line in code.build}
    assert {path.split(".")[0] for path in code.arrays} <= parts


@pytest.mark.parametrize("name", CASES)
def test_outputs_are_equal(name):
    torch = pytest.importorskip("torch")
    code, module = translated(name), {}
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
