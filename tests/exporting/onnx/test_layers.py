"""ONNX computes the same outputs as Assay for every layer and option."""

from typing import get_args

import numpy as np
import pytest
from layer_cases import CASES, all_layers, expected, inputs_of, trained_layers_of

from assay import nn, spec
from assay.exporting.onnx._export import add_network
from assay.exporting.onnx._graph import Graph
from assay.exporting.onnx._registry import TRANSLATORS
from assay.spec._spec import bounds_of

ONLY_IN_TRAINING = {"initializer", "rate", "momentum", "spread"}


def test_every_layer_has_a_translator():
    assert set(TRANSLATORS) == set(nn.LAYERS)


def test_every_layer_has_a_case():
    kinds = {layer.kind for c in CASES.values() for layer in all_layers(c.layers)}
    assert kinds == set(nn.LAYERS)


def missing_options():
    """Return the options of layers that no case sets, such as "dense.bias"."""
    used = {}
    for case in CASES.values():
        for layer in all_layers(case.layers):
            for name in type(layer).model_fields:
                used.setdefault((layer.kind, name), []).append(getattr(layer, name))
    missing = []
    for kind, member in spec.Layer.members.items():
        for name, field in member.model_fields.items():
            if name in ONLY_IN_TRAINING:
                continue
            values = used.get((kind, name), [])
            missing += [f"{kind}.{name}"] * all(v == field.default for v in values)
            words = {*getattr(bounds_of(field), "words", ()), *_words(field.annotation)}
            missing += [f"{kind}.{name}={w}" for w in words if w not in values]
    return missing


def _words(annotation):
    """Return the words in a type, such as "same" in Literal["same"]."""
    if isinstance(annotation, str):
        return {annotation}
    return set().union(*map(_words, get_args(annotation)))


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
    graph = Graph()
    values, lengths = inputs_of(case)
    inputs = {"x": values}
    x = graph.input("x", np.float32, ["rows", *case.shape])
    steps = None
    if lengths is not None:
        steps = graph.input("lengths", np.int64, ["rows"])
        inputs["lengths"] = lengths.astype(np.int64)
    y = add_network(graph, trained_layers_of(case), x, steps)
    graph.output("y", y, np.float32, ["rows", 2])
    outputs = run(graph.model("case", {}), inputs)
    np.testing.assert_allclose(outputs, expected(name), rtol=1e-5, atol=1e-5)
