"""Names layers and selects layers by pattern."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

from assay import spec

__all__ = ["inner_names", "is_picked", "layer_names", "layer_paths"]


def layer_names(layers: Sequence[spec.Layer]) -> list[str]:
    """Return names such as "conv1" for layers, and "output" for the last layer.

    Names omit the number of axes, such as the "2D" in `Conv2D`.

    Example:
        >>> layer_names([spec.Conv2D(8, 3), spec.ReLU(), spec.Dense(8), spec.Dense(1)])
        ['conv1', 'relu1', 'dense1', 'output']
    """
    return [*inner_names(layers)[:-1], "output"]


def inner_names(layers: Sequence[spec.Layer]) -> list[str]:
    """Return names such as "conv1" for the inner layers of a layer.

    Example:
        >>> inner_names([spec.Conv2D(8, 3), spec.ReLU(), spec.Conv2D(8, 3)])
        ['conv1', 'relu1', 'conv2']
    """
    counts: Counter[str] = Counter()
    names = []
    for layer in layers:
        kind = layer.kind.removesuffix("1d").removesuffix("2d").removesuffix("3d")
        counts[kind] += 1
        names.append(f"{kind}{counts[kind]}")
    return names


def layer_paths(layers: Sequence[spec.Layer]) -> Iterator[tuple[str, str]]:
    """Yield (path in the spec, path in the model) for all layers, including inner ones.

    Example:
        >>> dict(layer_paths([spec.Residual([spec.ReLU()])]))
        {'[0]': 'residual1', '[0].layers[0]': 'residual1.relu1'}
    """
    names = inner_names(layers)
    for place, (layer, name) in enumerate(zip(layers, names, strict=True)):
        yield f"[{place}]", name
        # A spec that contains layers stores them in its field `layers`.
        for path, inside in layer_paths(getattr(layer, "layers", ())):
            yield f"[{place}].layers{path}", f"{name}.{inside}"


def is_picked(path: Sequence[str], patterns: Iterable[str]) -> bool:
    """Return whether any pattern matches a path or one of its leading parts.

    Args:
        path: names, from the outermost layer inward.
        patterns: shell-style patterns. `*` matches any text, `?` any single character,
            and `[12]` any of the characters in brackets.

    Example:
        >>> is_picked(["conv1", "kernel"], ["conv*"])
        True
        >>> is_picked(["residual1", "conv1", "kernel"], ["conv*"])
        False
        >>> is_picked(["conv1", "bias"], ["*.bias"])
        True
    """
    prefixes = [".".join(path[:end]) for end in range(1, len(path) + 1)]
    return any(
        fnmatchcase(prefix, pattern) for pattern in patterns for prefix in prefixes
    )
