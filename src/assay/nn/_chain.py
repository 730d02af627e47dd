"""Layers built one after the other, and what they are called."""

from collections import Counter
from collections.abc import Iterator, Sequence

from assay import spec
from assay._errors import Faults, InputError
from assay.nn._layer import LAYERS, Layer, Site

__all__ = ["chain", "inner_names", "layer_names", "layer_paths"]

# Layers with weights of their own, so that what follows them does not concern those
# before.
_WEIGHTED = (
    spec.Dense,
    spec.Convolution,
    spec.DepthwiseConvolution,
    spec.TransposedConvolution,
    spec.Recurrent,
    spec.Embedding,
    spec.EmbedColumns,
    spec.Residual,
)


def layer_names(layers: Sequence[spec.Layer]) -> list[str]:
    """Name layers by kind and place among their kind, the last one "output".

    The number of axes is no part of the name.

    Example:
        >>> layer_names([spec.Conv2D(8, 3), spec.ReLU(), spec.Dense(8), spec.Dense(1)])
        ['conv1', 'relu1', 'dense1', 'output']
    """
    return [*inner_names(layers)[:-1], "output"]


def inner_names(layers: Sequence[spec.Layer]) -> list[str]:
    """Name the layers inside of another one, by kind and place among their kind.

    Example:
        >>> inner_names([spec.Conv2D(8, 3), spec.ReLU(), spec.Conv2D(8, 3)])
        ['conv1', 'relu1', 'conv2']
    """
    seen: Counter[str] = Counter()
    names = []
    for layer in layers:
        kind = layer.kind.removesuffix("1d").removesuffix("2d").removesuffix("3d")
        seen[kind] += 1
        names.append(f"{kind}{seen[kind]}")
    return names


def layer_paths(layers: Sequence[spec.Layer]) -> Iterator[tuple[str, str]]:
    """Yield (path in the spec, path in the model) of layers, of inner ones too.

    Example:
        >>> dict(layer_paths([spec.Residual([spec.ReLU()])]))
        {'[0]': 'residual1', '[0].layers[0]': 'residual1.relu1'}
    """
    for place, (layer, name) in enumerate(
        zip(layers, inner_names(layers), strict=True)
    ):
        yield f"[{place}]", name
        if isinstance(layer, spec.Residual):
            for path, inside in layer_paths(layer.layers):
                yield f"[{place}].layers{path}", f"{name}.{inside}"


def chain(
    layers: Sequence[spec.Layer], names: Sequence[str], site: Site
) -> dict[str, Layer]:
    """Build layers one after the other.

    Args:
        layers: from first to last.
        names: of the layers.
        site: of the first; its activation is what follows the last.

    Raises:
        InputError: layers do not fit; all faults, as far as they can be told. After
            a faulty layer the others are checked with the largest shape that it
            could give.
    """
    faults, built = Faults(), {}
    shape: tuple[int, ...] | None = site.input_shape
    for place, (layer, name) in enumerate(zip(layers, names, strict=True)):
        following = _next_activation(layers[place + 1 :], site.activation)
        here = Site(shape, site.rng, following, f"{site.path}[{place}]")
        try:
            built[name] = LAYERS[layer.kind](layer, here)  # type: ignore[call-arg]
            shape = built[name].output_shape
        except InputError as error:
            faults.extend(error.faults)
            shape = LAYERS[layer.kind].largest_output(layer, shape)
        if shape is None:
            break
    faults.raise_if_any()
    return built


def _next_activation(following: Sequence[spec.Layer], last: str) -> str:
    """Return the kind of the activation that a layer's output runs into."""
    for layer in following:
        if isinstance(layer, spec.Activation):
            return layer.kind
        if isinstance(layer, _WEIGHTED):
            return "identity"
    return last
