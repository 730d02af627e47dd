"""The layers of a trained network and their arrays."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from assay._errors import InputError
from assay.experiment import Model
from assay.nn import Layer
from assay.training import Network

__all__ = ["TrainedLayer", "check_translatable", "trained_layers", "trained_members"]


class TrainedLayer(NamedTuple):
    """A layer with its parameters, statistics and hyperparameters.

    Args:
        path: path of the layer, such as "residual1.conv1".
        layer: the layer, which determines the structure and all shapes.
        values: arrays by name; arrays of inner layers are nested by layer.

    Example:
        >>> TrainedLayer("scale1", None, {"scale": [1.0, 2.0]}).array("scale")
        array([1., 2.], dtype=float32)
    """

    path: str
    layer: Any
    values: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The path as an identifier, such as "residual1_conv1"."""
        return self.path.replace(".", "_")

    def array(self, name: str) -> np.ndarray:
        """Return an array of the layer in float32."""
        return np.asarray(self.values[name], np.float32)

    def optional(self, name: str) -> np.ndarray | None:
        """Return an array of the layer, or None if the layer does not have it."""
        return self.array(name) if name in self.values else None

    def number(self, name: str) -> float:
        """Return a hyperparameter of the layer."""
        return float(self.array(name))

    def inner(self) -> list["TrainedLayer"]:
        """Return the layers inside this layer, in execution order."""
        return _layers(self.layer.inner_layers(), self.values, f"{self.path}.")


def trained_members(model: Model) -> list[list[TrainedLayer]]:
    """Return the layers of each member of a model, ending with the output layer."""
    network, hyperparameters = model.program.network, model.hyperparameters.model
    trees = [[*member.model, hyperparameters] for member in model.members]
    return [trained_layers(network, tree) for tree in trees]


def trained_layers(
    network: Network, trees: Sequence[Mapping[str, Any]]
) -> list[TrainedLayer]:
    """Return the layers of a network, ending with the output layer.

    Args:
        network: network of Assay layers.
        trees: parameters, statistics and hyperparameters, nested by layer and name.
    """
    layers = {name: network.model.layer(name) for name in network.names}
    return _layers(layers, _merged(trees), "")


def _layers(
    layers: Mapping[str, Layer], values: Mapping[str, Any], prefix: str
) -> list[TrainedLayer]:
    return [
        TrainedLayer(f"{prefix}{name}", layer, values.get(name, {}))
        for name, layer in layers.items()
    ]


def _merged(trees: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Merge the leaves of several trees into one tree."""
    merged: dict[str, Any] = {}
    for tree in trees:
        for name, value in tree.items():
            if isinstance(value, Mapping):
                value = _merged([merged.get(name, {}), value])
            merged[name] = value
    return merged


def check_translatable(model: Model, translated: Mapping[str, Any], form: str) -> None:
    """Check that a format can express all layers of a network.

    Args:
        model: the trained model.
        translated: translators by kind of layer.
        form: name of the format, such as "onnx".

    Raises:
        InputError: the format cannot express some layers; the message lists all of
            them.
    """
    kinds = {layer.kind for layer in _all_layers(trained_members(model)[0])}
    unknown = sorted(kind for kind in kinds if kind not in translated)
    if unknown:
        raise InputError(
            f"These layers cannot be exported to {form}: {', '.join(unknown)}. Use "
            'to="safetensors", which exports the parameters of every network.'
        )


def _all_layers(layers: list[TrainedLayer]) -> list[Layer]:
    found: list[Layer] = []
    for trained in layers:
        found += [trained.layer, *_all_layers(trained.inner())]
    return found
