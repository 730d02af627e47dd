"""Converts a trained model to an ONNX model that maps raw rows to predictions."""

import json
from collections.abc import Sequence

import numpy as np

from assay.data import Preparation
from assay.experiment import Model
from assay.exporting._link_names import link_name
from assay.exporting._trained_layers import (
    TrainedLayer,
    check_translatable,
    trained_members,
)

# Importing these packages registers the translators.
from assay.exporting.onnx import columns as _columns  # noqa: F401
from assay.exporting.onnx import layers as _layers  # noqa: F401
from assay.exporting.onnx._graph import Graph
from assay.exporting.onnx._links import LINKS
from assay.exporting.onnx._registry import TRANSLATORS, Pass, run_layers
from assay.exporting.onnx.columns._registry import COLUMNS, Prepared

__all__ = ["add_network", "onnx_bytes"]


def onnx_bytes(model: Model, name: str) -> bytes:
    """Return the contents of an ONNX file for a model.

    The inputs of the ONNX model are the columns of raw rows, and its output is the same
    as that of `Model.predict`.

    Args:
        model: the trained model.
        name: name of the graph, such as the name of the run.

    Raises:
        InputError: the package onnx is not installed, or ONNX cannot express a part of
            the model.
    """
    check_translatable(model, TRANSLATORS, "onnx")
    graph = Graph()
    prepared = [COLUMNS[e.kind](graph, e) for e in model.preparation.encoders]
    values = [column.values for column in prepared]
    x = values[0] if len(values) == 1 else graph.op("Concat", *values, axis=1)
    link = LINKS[link_name(model, LINKS, "onnx")]
    lengths = prepared[0].lengths
    outputs = [add_network(graph, m, x, lengths) for m in trained_members(model)]
    predictions = [link(graph, output) for output in outputs]
    mean = predictions[0]
    if len(predictions) > 1:
        mean = graph.op("Mean", *predictions)
    _add_output(graph, model.preparation, mean)
    return graph.model(name, _properties(model.preparation, prepared))


def add_network(
    graph: Graph, layers: Sequence[TrainedLayer], x: str, lengths: str | None
) -> str:
    """Add the layers of a network and return the name of its raw outputs.

    Args:
        graph: graph to which the operations are added.
        layers: the layers, from first to last.
        x: name of the prepared inputs.
        lengths: name of the array of sequence lengths (n,), or None.
    """
    return run_layers(Pass(graph, lengths), layers, x)


def _add_output(graph: Graph, preparation: Preparation, mean: str) -> None:
    """Declare the prediction, in the unit of the target, as the output."""
    task = preparation.task
    if task.kind == "regression":
        values = graph.cast(mean, np.float64)
        std = graph.constant(preparation.target_std, np.float64)
        values = graph.op("Mul", values, std)
        center = graph.constant(preparation.target_mean, np.float64)
        values = graph.op("Add", values, center)
        graph.output("prediction", values, np.float64, ["rows"])
    elif task.kind == "binary":
        graph.output("probability", mean, np.float32, ["rows"])
    else:
        shape = ["rows", len(task.classes)]
        graph.output("probabilities", mean, np.float32, shape)


def _properties(
    preparation: Preparation, prepared: Sequence[Prepared]
) -> dict[str, str]:
    """Return metadata that describes the model to users of the file."""
    task = preparation.task
    about = {column.name: column.about for column in prepared}
    properties = {"task": task.kind, "inputs": json.dumps(about, ensure_ascii=False)}
    if task.target:
        properties["target"] = task.target
    if task.classes:
        classes = list(task.classes)
        properties["classes"] = json.dumps(classes, ensure_ascii=False, default=str)
    return properties
