"""A pass whose every number can be opened."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from assay._errors import Faults, InputError, did_you_mean, fault
from assay.nn._layer import shape_text
from assay.nn._model import Model
from assay.nn.xray._member import Made, kind_of, member_for
from assay.nn.xray._seen import Seen, Watching, precision_of
from assay.nn.xray._terms import Line, checked
from assay.nn.xray._text import columns_text
from assay.nn.xray._xray import Xray
from assay.nn.xray.layers._activation import dropout_mask

__all__ = ["Watched", "explain", "watch"]


class Watched:
    """One pass of a batch through a model; every number in it can be asked for.

    Args:
        seen: what each layer was given and gave, by name, in order.

    Example:
        >>> from assay import nn, spec
        >>> rng = np.random.default_rng(0)
        >>> model = nn.build([spec.ReLU()], (2,), num_outputs=1, rng=rng)
        >>> watched = watch(model, np.array([[3.0, -1.0]], np.float32))
        >>> watched.names
        ('relu1', 'output')
        >>> watched.explain("relu1", (0,)).details["derivative"]
        1.0
    """

    def __init__(self, seen: dict[str, Seen]) -> None:
        self._seen = seen

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the layers in order; those inside of one come after it."""
        return tuple(self._seen)

    def layers(self) -> list[dict[str, Any]]:
        """Return name, kind, shape of the input and of the output of each layer."""
        return [
            {
                "name": name,
                "kind": kind_of(seen.layer, name),
                "input_shape": list(seen.x.shape[1:]),
                "output_shape": list(seen.y.shape[1:]),
            }
            for name, seen in self._seen.items()
        ]

    def to_text(self) -> str:
        """Return the layers as a table."""
        rows = [
            [
                row["name"],
                row["kind"],
                shape_text(row["input_shape"]),
                shape_text(row["output_shape"]),
            ]
            for row in self.layers()
        ]
        return columns_text([["layer", "kind", "input", "output"], *rows])

    def output(self, layer: str) -> np.ndarray:
        """Return what a layer gave, (n, ...)."""
        return self._layer(layer).y

    def input(self, layer: str) -> np.ndarray:
        """Return what a layer was given, (n, ...)."""
        return self._layer(layer).x

    def mask(self, layer: str) -> np.ndarray | None:
        """Return what a dropout layer kept, (n, ...); None if it kept everything."""
        return dropout_mask(self._layer(layer))

    def explain(self, layer: str, at: Sequence[int], *, row: int = 0) -> Xray:
        """Return the calculation of one number, checked against the pass.

        Args:
            layer: its name; inner ones as "residual1.conv1".
            at: position in its output, one number an axis, from 0.
            row: of the batch.

        Raises:
            InputError: there is no such layer, row or position.
            AssayError: the terms do not sum to what the pass gave.
        """
        seen = self._layer(layer)
        place = _position(seen, at, row)
        kind = kind_of(seen.layer, layer)
        made = member_for(kind)(seen, row, place)
        value = float(seen.y[row][place])
        name = f"y[{', '.join(map(str, place))}]"
        total = Line.sum(name, made.terms)
        precision = precision_of(seen.context.dtype)
        check = checked(total, value, tolerance=made.tolerance(precision))
        return Xray(
            layer=layer,
            kind=kind,
            row=row,
            at=place,
            value=value,
            formula=made.formula,
            terms=made.terms,
            result=_named(made, name) or total,
            check=check,
            input_shape=seen.x.shape[1:],
            output_shape=seen.y.shape[1:],
            lines=made.lines,
            details=made.details,
        )

    def _layer(self, name: str) -> Seen:
        if name in self._seen:
            return self._seen[name]
        fix = f"The layers are {', '.join(self._seen)}."
        near = did_you_mean(name, self._seen)
        raise InputError(fault("the model has the layer", "layer", name, fix) + near)


def _named(made: Made, name: str) -> Line | None:
    if made.result is None:
        return None
    result = made.result
    return Line(name, result.terms, result.value, result.operation)


def _position(seen: Seen, at: Sequence[int], row: int) -> tuple[int, ...]:
    """Return the position; raise unless it lies in the output."""
    shape, place, faults = seen.y.shape[1:], tuple(at), Faults()
    inside = len(place) == len(shape) and all(
        0 <= index < size for index, size in zip(place, shape, strict=True)
    )
    if not inside:
        numbers = f"{len(shape)} number{'s' if len(shape) > 1 else ''}"
        ends = ", ".join(str(size - 1) for size in shape)
        faults.add(
            fault(
                f"`at` lies in the output of {seen.name}".replace("`", ""),
                "at",
                ",".join(map(str, place)),
                f"It is {shape_text(shape)}: write {numbers} from "
                f"{','.join('0' * len(shape))} to {ends.replace(' ', '')}.",
            )
        )
    if not 0 <= row < len(seen.y):
        fix = f"The batch has {len(seen.y)} rows."
        faults.add(fault(f"0 <= row < {len(seen.y)}", "row", row, fix))
    faults.raise_if_any()
    return place


def watch(model: Model, x: Any, **how: Any) -> Watched:
    """Run a batch through a model, and keep what every layer was given and gave.

    Outside of training, unless told otherwise; the model is left as it is.

    Args:
        model: of layers built from specs.
        x: batch (n, *input_shape).
        **how: as for `assay.nn.Context`: `training`, `key` (of the iteration, see
            `assay.nn.iteration_key`), `mask`, `lengths`, `first_row`, `dtype`.

    Raises:
        InputError: the batch has another shape than the model takes.

    Example:
        >>> from assay import nn, spec
        >>> rng = np.random.default_rng(0)
        >>> model = nn.build([], (2,), num_outputs=1, rng=rng)
        >>> watch(model, np.ones((3, 2), np.float32)).output("output").shape
        (3, 1)
    """
    x = jnp.asarray(x)
    if x.shape[1:] != model.input_shape:
        got, wanted = x.shape, shape_text(model.input_shape)
        fix = f"Give a batch, n x {wanted}."
        rule = "the batch has the shape that the model takes"
        raise InputError(fault(rule, "x.shape", got, fix))
    copied: Model = nnx.clone(model)  # running statistics change in training
    context = Watching(nnx.clone, **how)
    # a GPU's default products have fewer figures than float32
    with jax.default_matmul_precision("highest"):
        copied(x, context)
    return Watched(context.seen)


def explain(
    model: Model, x: Any, layer: str, at: Sequence[int], *, row: int = 0, **how: Any
) -> Xray:
    """Return the exact terms that make one number of a model.

    To ask for several numbers of one batch, `watch` it.

    Args:
        model: of layers built from specs.
        x: batch (n, *input_shape).
        layer: name of a layer.
        at: position in the layer's output.
        row: of the batch.
        **how: as for `watch`.

    Raises:
        InputError: there is no such layer, row or position.
        AssayError: the terms do not sum to what the forward pass gave.

    Example:
        >>> from assay import nn, spec
        >>> rng = np.random.default_rng(0)
        >>> model = nn.build([spec.MaxPool1D(2)], (2, 1), num_outputs=1, rng=rng)
        >>> xray = explain(model, np.array([[[2.0], [5.0]]]), "max_pool1", (0, 0))
        >>> print(xray.to_text())
        max_pool1 · max_pool1d · y[0, 0] of row 0
          2 x 1 → 1 x 1
          y[p, c] = max over t of x[S p + t - P, c]
          window: from (0), to (1)
          winner: (1, 0)
          y[0, 0] = max(2, 5) = 5
          check: the terms sum to 5, the forward pass gives 5
    """
    return watch(model, x, **how).explain(layer, at, row=row)
