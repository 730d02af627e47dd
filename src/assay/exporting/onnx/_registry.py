"""The registry of functions that translate each kind of layer to ONNX."""

from collections.abc import Callable, Sequence

from assay import spec
from assay.exporting._trained_layers import TrainedLayer
from assay.exporting.onnx._graph import Graph
from assay.nn import LayerRegistry

__all__ = ["TRANSLATORS", "Pass", "Translator", "run_layers", "translates"]


class Pass:
    """The state of a graph that is built layer by layer.

    Args:
        graph: graph to which the layers add operations.
        lengths: name of the array of sequence lengths, (n,) int64; None if no
            steps are padded. Layers that change the number of steps update this name.
    """

    def __init__(self, graph: Graph, lengths: str | None = None) -> None:
        self.graph = graph
        self.lengths = lengths


Translator = Callable[[Pass, TrainedLayer, str], str]
"""A function that maps (pass, layer, name of the input) to the name of the output."""

TRANSLATORS: LayerRegistry[Translator] = LayerRegistry()


def translates(*declarations: type[spec.Layer]) -> Callable[[Translator], Translator]:
    """Register a function as the translator for one or more spec classes."""
    return TRANSLATORS.register(*declarations)


def run_layers(state: Pass, layers: Sequence[TrainedLayer], x: str) -> str:
    """Add layers in sequence and return the name of the last output."""
    for trained in layers:
        x = TRANSLATORS[trained.layer.kind](state, trained, x)
    return x
