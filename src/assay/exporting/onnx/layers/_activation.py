"""Activations in ONNX."""

import math
from typing import Any

import numpy as np

from assay import spec
from assay.exporting._trained_layers import TrainedLayer
from assay.exporting.onnx._graph import Graph
from assay.exporting.onnx._registry import Pass, translates

__all__: list[str] = []

_OPERATIONS: dict[type[spec.Layer], str] = {
    spec.Sigmoid: "Sigmoid",
    spec.Tanh: "Tanh",
    spec.Softsign: "Softsign",
    spec.ReLU: "Relu",
    spec.ELU: "Elu",
    spec.CELU: "Celu",
    spec.SELU: "Selu",
    spec.Softplus: "Softplus",
}
"""Operations whose attributes have the same names as the hyperparameters."""


@translates(*_OPERATIONS)
def _operation(state: Pass, trained: TrainedLayer, x: str) -> str:
    declaration = spec.Layer.members[trained.layer.kind]
    operation = _OPERATIONS[declaration]  # type: ignore[index]
    numbers: dict[str, Any] = {name: trained.number(name) for name in trained.values}
    return state.graph.op(operation, x, **numbers)


@translates(spec.Identity)
def _identity(state: Pass, trained: TrainedLayer, x: str) -> str:
    return x


@translates(spec.HardSigmoid)
def _hard_sigmoid(state: Pass, trained: TrainedLayer, x: str) -> str:
    return state.graph.op("HardSigmoid", x, alpha=trained.number("slope"), beta=0.5)


@translates(spec.ISRU)
def _isru(state: Pass, trained: TrainedLayer, x: str) -> str:
    graph = state.graph
    root = graph.constant(np.sqrt(trained.array("alpha")))
    return graph.op("Div", x, _hypotenuse(graph, graph.op("Mul", root, x)))


def _hypotenuse(graph: Graph, x: str) -> str:
    """Return √(1 + x²); dividing by the larger of 1 and |x| prevents overflow."""
    one = graph.constant(np.float32(1))
    size = graph.op("Max", graph.op("Abs", x), one)
    squares = [
        graph.op("Mul", part, part)
        for part in (graph.op("Div", one, size), graph.op("Div", x, size))
    ]
    return graph.op("Mul", size, graph.op("Sqrt", graph.op("Add", *squares)))


@translates(spec.Softmax)
def _softmax(state: Pass, trained: TrainedLayer, x: str) -> str:
    return state.graph.op("Softmax", x, axis=-1)


@translates(spec.LogSoftmax)
def _log_softmax(state: Pass, trained: TrainedLayer, x: str) -> str:
    return state.graph.op("LogSoftmax", x, axis=-1)


@translates(spec.ReLU6)
def _relu6(state: Pass, trained: TrainedLayer, x: str) -> str:
    limits = (state.graph.constant(np.float32(limit)) for limit in (0, 6))
    return state.graph.op("Clip", x, *limits)


@translates(spec.LeakyReLU, spec.ParametricReLU)
def _leaky_relu(state: Pass, trained: TrainedLayer, x: str) -> str:
    slope = state.graph.constant(trained.array("negative_slope"))
    return state.graph.op("PRelu", x, slope)


@translates(spec.GELU)
def _gelu(state: Pass, trained: TrainedLayer, x: str) -> str:
    graph = state.graph
    scaled = graph.op("Mul", x, graph.constant(np.float32(1 / math.sqrt(2))))
    twice = graph.op("Add", graph.op("Erf", scaled), graph.constant(np.float32(1)))
    half = graph.op("Mul", x, graph.constant(np.float32(0.5)))
    return graph.op("Mul", half, twice)


@translates(spec.GELUTanh)
def _gelu_tanh(state: Pass, trained: TrainedLayer, x: str) -> str:
    graph = state.graph
    cube = graph.op("Mul", graph.op("Mul", x, x), x)
    inside = graph.op("Mul", cube, graph.constant(np.float32(0.044715)))
    # (1 + tanh(z))/2 = sigmoid(2 z), which is more precise for negative x
    factor = graph.constant(np.float32(2 * math.sqrt(2 / math.pi)))
    twice = graph.op("Mul", graph.op("Add", x, inside), factor)
    return graph.op("Mul", x, graph.op("Sigmoid", twice))


@translates(spec.SiLU)
def _silu(state: Pass, trained: TrainedLayer, x: str) -> str:
    return state.graph.op("Mul", x, state.graph.op("Sigmoid", x))


@translates(spec.HardSwish)
def _hard_swish(state: Pass, trained: TrainedLayer, x: str) -> str:
    gate = state.graph.op("HardSigmoid", x, alpha=1 / 6, beta=0.5)
    return state.graph.op("Mul", x, gate)


@translates(spec.Mish)
def _mish(state: Pass, trained: TrainedLayer, x: str) -> str:
    gate = state.graph.op("Tanh", state.graph.op("Softplus", x))
    return state.graph.op("Mul", x, gate)
