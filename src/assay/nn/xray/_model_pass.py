"""Records forward passes and explains the numbers in them."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jax.typing import ArrayLike

from assay._errors import Faults, InputError, did_you_mean, fault
from assay.nn._layer import shape_text
from assay.nn._model import Model
from assay.nn.xray._calculation import Calculation, Line, checked
from assay.nn.xray._format import columns_text
from assay.nn.xray._layer_pass import LayerPass, RecordingContext, precision_of
from assay.nn.xray._registry import explainer_of
from assay.nn.xray._xray import Xray
from assay.nn.xray.layers._activation import dropout_mask

__all__ = ["ModelPass", "explain", "watch"]


class ModelPass:
    """A recorded forward pass of a batch. `explain` shows how a number was computed.

    Args:
        passes: the passes of the layers in order, keyed by name.

    Example:
        >>> from assay import nn, spec
        >>> rng = np.random.default_rng(0)
        >>> model = nn.build([spec.ReLU()], (2,), num_outputs=1, rng=rng)
        >>> model_pass = watch(model, np.array([[3.0, -1.0]], np.float32))
        >>> model_pass.names
        ('relu1', 'output')
        >>> model_pass.explain("relu1", (0,)).details["derivative"]
        1.0
    """

    def __init__(self, passes: dict[str, LayerPass]) -> None:
        self._passes = passes

    @property
    def names(self) -> tuple[str, ...]:
        """The layer names in order, each followed by the names of its inner layers."""
        return tuple(self._passes)

    def layers(self) -> list[dict[str, Any]]:
        """Return the name, kind and shapes of each layer."""
        return [
            {
                "name": name,
                "kind": layer_pass.layer.kind,
                "input_shape": list(layer_pass.x.shape[1:]),
                "output_shape": list(layer_pass.y.shape[1:]),
            }
            for name, layer_pass in self._passes.items()
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
        """Return the output of a layer, (n, ...)."""
        return self._layer(layer).y

    def input(self, layer: str) -> np.ndarray:
        """Return the input of a layer, (n, ...)."""
        return self._layer(layer).x

    def mask(self, layer: str) -> np.ndarray | None:
        """Return the mask of values kept by dropout (n, ...); None during inference."""
        return dropout_mask(self._layer(layer))

    def explain(self, layer: str, at: Sequence[int], *, row: int = 0) -> Xray:
        """Return the step-by-step calculation of an output value.

        The result is checked against the forward pass.

        Args:
            layer: name of the layer, or path of an inner layer, such as
                "residual1.conv1".
            at: position in the layer's output, with one index per axis, counted
                from 0.
            row: row of the batch.

        Raises:
            InputError: the model has no such layer, row or position.
            AssayError: the sum of the terms differs from the forward pass.
        """
        layer_pass = self._layer(layer)
        place = _position(layer_pass, at, row)
        kind = layer_pass.layer.kind
        calculation = explainer_of(kind)(layer_pass, row, place)
        value = float(layer_pass.y[row][place])
        name = f"y[{', '.join(map(str, place))}]"
        total = Line.sum(name, calculation.terms)
        precision = precision_of(layer_pass.context.dtype)
        check = checked(total, value, tolerance=calculation.tolerance(precision))
        return Xray(
            layer=layer,
            kind=kind,
            row=row,
            at=place,
            value=value,
            formula=calculation.formula,
            terms=calculation.terms,
            result=_last_line(calculation, name) or total,
            check=check,
            input_shape=layer_pass.x.shape[1:],
            output_shape=layer_pass.y.shape[1:],
            lines=calculation.lines,
            details=calculation.details,
        )

    def _layer(self, name: str) -> LayerPass:
        if name in self._passes:
            return self._passes[name]
        fix = f"The layers are {', '.join(self._passes)}."
        near = did_you_mean(name, self._passes)
        raise InputError(f"The model has no layer {name!r}. {fix}{near}")


def _last_line(calculation: Calculation, name: str) -> Line | None:
    if calculation.result is None:
        return None
    result = calculation.result
    return Line(name, result.terms, result.value, result.operation)


def _position(layer_pass: LayerPass, at: Sequence[int], row: int) -> tuple[int, ...]:
    """Return the position as a tuple or raise an InputError if it is out of range."""
    shape, place, faults = layer_pass.y.shape[1:], tuple(at), Faults()
    inside = len(place) == len(shape) and all(
        0 <= index < size for index, size in zip(place, shape, strict=True)
    )
    if not inside:
        numbers = f"{len(shape)} number{'s' if len(shape) > 1 else ''}"
        ends = ", ".join(str(size - 1) for size in shape)
        faults.add(
            f"The layer {layer_pass.name!r} has no output at position "
            f"{','.join(map(str, place))}. Its output is {shape_text(shape)}, so write "
            f"{numbers} from {','.join('0' * len(shape))} to {ends.replace(' ', '')}."
        )
    if not 0 <= row < len(layer_pass.y):
        fix = f"The batch has {len(layer_pass.y)} rows."
        faults.add(fault(f"0 <= row < {len(layer_pass.y)}", "row", row, fix))
    faults.raise_if_any()
    return place


def watch(model: Model, x: ArrayLike, **options: Any) -> ModelPass:
    """Run a batch through a model and record the input and output of every layer.

    Without options, the pass runs in inference mode. The model is not changed.

    Args:
        model: a model built from specs.
        x: batch (n, *input_shape).
        **options: options of `assay.nn.Context`: `training`, `key`, `mask`, `lengths`,
            `first_row` and `dtype`. Pass the key of the iteration (see
            `assay.nn.iteration_key`).

    Raises:
        InputError: the batch does not have the model's input shape.

    Example:
        >>> from assay import nn, spec
        >>> rng = np.random.default_rng(0)
        >>> model = nn.build([], (2,), num_outputs=1, rng=rng)
        >>> watch(model, np.ones((3, 2), np.float32)).output("output").shape
        (3, 1)
    """
    x = jnp.asarray(x)
    if x.shape[1:] != model.input_shape:
        fix = f"Pass a batch of shape n x {shape_text(model.input_shape)}."
        rule = "x.shape[1:] == model.input_shape"
        raise InputError(fault(rule, "x.shape", x.shape, fix))
    copied: Model = nnx.clone(model)  # a training pass changes running statistics
    context = RecordingContext(nnx.clone, **options)
    # By default, GPUs multiply matrices at lower precision than float32.
    with jax.default_matmul_precision("highest"):
        copied(x, context)
    return ModelPass(context.passes)


def explain(
    model: Model,
    x: ArrayLike,
    layer: str,
    at: Sequence[int],
    *,
    row: int = 0,
    **options: Any,
) -> Xray:
    """Return the step-by-step calculation of a number in a model.

    To explain several numbers of one batch, use `watch`.

    Args:
        model: a model built from specs.
        x: batch (n, *input_shape).
        layer: name of a layer.
        at: position in the layer's output.
        row: row of the batch.
        **options: options of `watch`.

    Raises:
        InputError: the model has no such layer, row or position.
        AssayError: the sum of the terms differs from the forward pass.

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
          check: the terms sum to 5; the forward pass gives 5
    """
    return watch(model, x, **options).explain(layer, at, row=row)
