"""Builds layers in sequence from their specs."""

from collections.abc import Sequence

from assay import spec
from assay._errors import Faults, InputError
from assay.nn._layer import LAYERS, BuildContext, Layer

__all__ = ["build_layers"]


def build_layers(
    layers: Sequence[spec.Layer], names: Sequence[str], context: BuildContext
) -> dict[str, Layer]:
    """Build layers in sequence.

    Args:
        layers: specs of the layers, from first to last.
        names: names of the layers.
        context: build context of the first layer, except that `activation` is the kind
            of the activation that follows the last layer.

    Raises:
        InputError: some layers are incompatible. The message lists all faults. The
            layers after a faulty layer are checked against its largest possible output.
    """
    faults, built = Faults(), {}
    shape: tuple[int, ...] | None = context.input_shape
    for place, (layer, name) in enumerate(zip(layers, names, strict=True)):
        activation = _next_activation(layers[place + 1 :], context.activation)
        path = f"{context.path}[{place}]"
        layer_class = LAYERS[layer.kind]
        try:
            here = BuildContext(shape, context.rng, activation, path)
            built[name] = layer_class(layer, here)
            shape = built[name].output_shape
        except InputError as error:
            faults.extend(error.faults)
            shape = layer_class.largest_output(layer, shape)
        if shape is None:
            break
    faults.raise_if_any()
    return built


def _next_activation(following: Sequence[spec.Layer], last: str) -> str:
    """Return the kind of the next activation, or "identity" if weights come first."""
    for layer in following:
        if isinstance(layer, spec.Activation):
            return layer.kind
        if LAYERS[layer.kind].weighted:
            return "identity"
    return last
