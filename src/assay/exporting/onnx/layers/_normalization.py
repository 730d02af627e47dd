"""Batch and layer normalization and learned scales in ONNX."""

import numpy as np

from assay import spec
from assay.exporting._trained_layers import TrainedLayer
from assay.exporting.onnx._registry import Pass, translates

__all__: list[str] = []


@translates(spec.BatchNorm)
def _batch_norm(state: Pass, trained: TrainedLayer, x: str) -> str:
    graph = state.graph
    spread = np.sqrt(trained.array("variance") + trained.array("epsilon"))
    factor = trained.array("scale") / spread
    offset = trained.array("bias") - trained.array("mean") * factor
    scaled = graph.op("Mul", x, graph.constant(factor))
    return graph.op("Add", scaled, graph.constant(offset))


@translates(spec.LayerNorm)
def _layer_norm(state: Pass, trained: TrainedLayer, x: str) -> str:
    graph = state.graph
    constants = [graph.constant(trained.array(n)) for n in ("scale", "bias")]
    epsilon = trained.number("epsilon")
    return graph.op("LayerNormalization", x, *constants, axis=-1, epsilon=epsilon)


@translates(spec.LearnedScale)
def _learned_scale(state: Pass, trained: TrainedLayer, x: str) -> str:
    return state.graph.op("Mul", x, state.graph.constant(trained.array("scale")))
