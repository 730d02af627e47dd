"""A model as a sequence of named layers that ends with the output layer."""

from collections.abc import Sequence

import jax
import numpy as np
from flax import nnx

from assay import spec
from assay._calls import explains_arguments, explains_construction
from assay.nn._build_layers import build_layers
from assay.nn._context import Context
from assay.nn._layer import BuildContext, Layer
from assay.nn._layer_names import inner_names
from assay.nn.layers._run_layers import run_layers

__all__ = ["Model", "build"]


@explains_construction("assay.train((X, y), model=[assay.Dense(64), assay.ReLU()])")
class Model(nnx.Module):
    """A sequence of layers, each stored as an attribute under its name."""

    def __init__(self, layers: dict[str, Layer], input_shape: tuple[int, ...]) -> None:
        self.names = tuple(layers)
        self.input_shape = input_shape
        for name, layer in layers.items():
            setattr(self, name, layer)

    def layer(self, name: str) -> Layer:
        """Return the layer with the given name."""
        return getattr(self, name)

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Map inputs (n, *input_shape) to raw outputs (n, num_outputs)."""
        return run_layers({name: self.layer(name) for name in self.names}, x, context)


@explains_arguments("assay.train((X, y), model=[assay.Dense(64), assay.ReLU()])")
def build(
    layers: Sequence[spec.Layer],
    input_shape: tuple[int, ...],
    *,
    num_outputs: int,
    rng: np.random.Generator,
) -> Model:
    """Build a model from the specs of its layers and add a dense output layer.

    A `Flatten` layer is added before the output layer if its input is not flat.

    Args:
        layers: specs of the layers before the output, from first to last.
        input_shape: shape of one example.
        num_outputs: size of the output layer, which depends on the task.
        rng: random number generator for initial values.

    Raises:
        InputError: the layers are incompatible with each other or with the input. The
            message lists all faults.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> model = build([spec.Conv2D(8, 3)], (4, 4, 1), num_outputs=3, rng=rng)
        >>> model.names
        ('conv1', 'flatten1', 'output')
        >>> model.output.output_shape
        (3,)
    """
    names = inner_names(layers)
    built = build_layers(layers, names, BuildContext(input_shape, rng, path="model"))
    shape = list(built.values())[-1].output_shape if built else input_shape
    added: dict[str, spec.Layer] = {}
    if len(shape) > 1:
        added[inner_names([*layers, spec.Flatten()])[-1]] = spec.Flatten()
    added["output"] = spec.Dense(num_outputs)
    context = BuildContext(shape, rng, path="output")
    built |= build_layers(list(added.values()), list(added), context)
    return Model(built, input_shape)
