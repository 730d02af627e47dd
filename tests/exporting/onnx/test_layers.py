"""ONNX computes the same outputs as Assay for every layer and option."""

import numpy as np
import pytest
from layer_cases import (
    CASES,
    all_layers,
    expected,
    hyperparameters_of,
    inputs_of,
    missing_options,
    network_of,
    perturbed,
)

from assay import nn
from assay.exporting._trained_layers import trained_layers
from assay.exporting.onnx._graph import Graph
from assay.exporting.onnx._model import add_network
from assay.exporting.onnx._registry import TRANSLATORS


def test_every_layer_has_a_translator():
    assert set(TRANSLATORS) == set(nn.LAYERS)


def test_every_layer_has_a_case():
    kinds = {layer.kind for c in CASES.values() for layer in all_layers(c.layers)}
    assert kinds == set(nn.LAYERS)


def test_every_option_has_a_case():
    assert missing_options() == []


def run(content, inputs):
    """Run an ONNX model with one thread."""
    onnxruntime = pytest.importorskip("onnxruntime")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(content, options)
    return session.run(None, inputs)[0]


@pytest.mark.parametrize("name", CASES)
def test_outputs_are_equal(name):
    case = CASES[name]
    pytest.importorskip("onnx")
    network, graph = network_of(case), Graph()
    values, lengths = inputs_of(case)
    inputs = {"x": values}
    x = graph.input("x", np.float32, ["rows", *case.shape])
    steps = None
    if lengths is not None:
        steps = graph.input("lengths", np.int64, ["rows"])
        inputs["lengths"] = lengths.astype(np.int64)
    trees = [*perturbed(network), hyperparameters_of(case)]
    y = add_network(graph, trained_layers(network, trees), x, steps)
    graph.output("y", y, np.float32, ["rows", 2])
    outputs = run(graph.model("case", {}), inputs)
    np.testing.assert_allclose(outputs, expected(name), rtol=1e-5, atol=1e-5)
