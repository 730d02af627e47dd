"""Embeddings of tokens, categories and numbers as learned vectors."""

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from assay import spec
from assay._errors import Faults, InputError
from assay.nn import ops
from assay.nn._context import Context
from assay.nn._layer import BuildContext, Description, Layer, builds

__all__ = ["EmbedColumns", "Embedding", "PeriodicEmbedding"]

_MAX_UNITS = 50  # limit for "auto"; more units cost memory and rarely help with tables


@builds(spec.Embedding)
class Embedding(Layer):
    """Looks up a learned vector for each code: y = W[code].

    The initial values are normal with variance 1 / units, so the norm of a vector is
    about 1. W is named "kernel", so L1 and L2 penalize it like other weights.

    Args:
        layer_spec: size, the number of codes; units, the number of values per code.
        context: build context; x is (n, steps) or (n, steps, 1) and contains codes from
            0 to size - 1, as whole numbers of any type; y is (n, steps, units). An
            out-of-range code is replaced with the nearest valid code.

    Raises:
        InputError: the input has more than one value per step.

    Example:
        >>> context = BuildContext((3,), np.random.default_rng(0))
        >>> layer = Embedding(spec.Embedding(10, 4), context)
        >>> layer(jnp.array([[1, 9, 1]]), Context()).shape
        (1, 3, 4)
    """

    weighted = True

    def __init__(self, layer_spec: spec.Embedding, context: BuildContext) -> None:
        super().__init__(layer_spec, context)
        steps, *channels = shape = context.input_shape
        if channels not in ([], [1]):
            rule = "embedding.input_shape in ((steps,), (steps, 1))"
            fix = "Each step must be a single code. Put this layer first."
            raise InputError(context.fault(rule, "input_shape", shape, fix))
        size, units = int(layer_spec.size), int(layer_spec.units)  # type: ignore[arg-type]
        self.kernel = nnx.Param(_draw_table(context.rng, size, units))
        self.output_shape = (steps, units)

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Look up the vector of each code."""
        codes = x.reshape(x.shape[0], -1).astype(jnp.int32)
        return _rows(self.kernel[...], codes)

    def describe(self) -> Description:
        """Return the formula and the size of W."""
        size, units = self.kernel[...].shape
        return Description(spec.Embedding.formula, f"{size}*{units} = {size * units}")

    @classmethod
    def largest_output(
        cls, layer_spec: spec.Embedding, input_shape: tuple[int, ...]
    ) -> tuple[int, ...]:
        """Return (steps, units)."""
        return (*input_shape[:1], int(layer_spec.units))  # type: ignore[arg-type]


@builds(spec.EmbedColumns)
class EmbedColumns(Layer):
    """Embeds a table's columns of codes and keeps its other columns.

        y = [numbers in x, W_p[x_p] for each position p of codes]

    In the output, the numbers come first, in their original order. The embeddings of
    the codes follow, in the order of the columns in the spec.

    Args:
        layer_spec: columns, each as (position, number of codes); units, the number of
            values per code; "auto" is half the number of codes, clipped to [1, 50].
        context: build context; x is (n, columns), with codes as whole numbers of any
            type; y is (n, width).

    Raises:
        InputError: the input is not a table, or a position is out of range.

    Example:
        >>> context = BuildContext((3,), np.random.default_rng(0))
        >>> layer = EmbedColumns(spec.EmbedColumns(((1, 8),)), context)
        >>> layer(jnp.array([[0.5, 7.0, -1.0]]), Context())[0, :2].tolist()
        [0.5, -1.0]
        >>> layer.output_shape
        (6,)
    """

    weighted = True

    def __init__(self, layer_spec: spec.EmbedColumns, context: BuildContext) -> None:
        super().__init__(layer_spec, context)
        _check_positions(layer_spec.kind, layer_spec.columns, context)
        (width,) = context.input_shape
        self.positions = tuple(position for position, _ in layer_spec.columns)
        self.numbers = tuple(p for p in range(width) if p not in set(self.positions))
        units = [_units(layer_spec, codes) for _, codes in layer_spec.columns]
        for (position, codes), size in zip(layer_spec.columns, units, strict=True):
            table = _draw_table(context.rng, codes, size)
            setattr(self, f"kernel{position}", nnx.Param(table))
        self.output_shape = (len(self.numbers) + sum(units),)

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return the numbers, followed by the vectors of the codes."""
        columns = [x[:, np.array(self.numbers, np.int32)]]
        for position in self.positions:
            table = getattr(self, f"kernel{position}")[...]
            columns.append(_rows(table, x[:, position].astype(jnp.int32)))
        return jnp.concatenate(columns, axis=1)

    def describe(self) -> Description:
        """Return the calculations of the width and the parameter count."""
        shapes = [getattr(self, f"kernel{p}")[...].shape for p in self.positions]
        width = " + ".join(str(n) for n in (len(self.numbers), *(u for _, u in shapes)))
        count = " + ".join(f"{codes}*{units}" for codes, units in shapes)
        return Description(
            f"{width} = {self.output_shape[0]} columns",
            f"{count} = {self.num_parameters}",
        )

    @classmethod
    def largest_output(cls, layer_spec: Any, input_shape: tuple[int, ...]) -> None:
        """Return None, because the width of a faulty layer is unknown."""
        return None


@builds(spec.PeriodicEmbedding)
class PeriodicEmbedding(Layer):
    """Appends learned periodic functions of individual columns to the inputs.

        y = [x, sum over k of cos(2π (w[p, k] x[p] + b[p, k])) V[p, k] + c[p]]

    Initially, w is normal with standard deviation `spread`, b is uniform over a whole
    period, and V and c are uniform within ±1/sqrt(frequencies).

    Args:
        layer_spec: numbers, the positions p of the columns; units; frequencies; spread.
        context: build context; x is (n, columns); y is (n, columns +
            len(positions)·units) and contains the inputs, followed by the functions of
            each position.

    Raises:
        InputError: the input is not a table, or a position is out of range.

    Example:
        >>> context = BuildContext((3,), np.random.default_rng(0))
        >>> layer = PeriodicEmbedding(spec.PeriodicEmbedding((0, 2)), context)
        >>> layer(jnp.array([[0.5, 7.0, -1.0]]), Context())[0, :3].tolist()
        [0.5, 7.0, -1.0]
        >>> layer.output_shape
        (9,)
    """

    def __init__(
        self, layer_spec: spec.PeriodicEmbedding, context: BuildContext
    ) -> None:
        super().__init__(layer_spec, context)
        _check_positions(layer_spec.kind, layer_spec.numbers, context)
        self.positions = layer_spec.numbers
        count, rng = len(layer_spec.numbers), context.rng
        cosines = int(layer_spec.frequencies)  # type: ignore[arg-type]
        units = int(layer_spec.units)  # type: ignore[arg-type]
        spread = float(layer_spec.spread)  # type: ignore[arg-type]
        limit = 1 / math.sqrt(cosines)

        def uniform(*shape: int) -> nnx.Param:
            return nnx.Param(rng.uniform(-limit, limit, shape).astype(np.float32))

        frequency = spread * rng.standard_normal((count, cosines))
        self.frequency = nnx.Param(frequency.astype(np.float32))
        phase = rng.uniform(-0.5, 0.5, (count, cosines))
        self.phase = nnx.Param(phase.astype(np.float32))
        self.mixture = uniform(count, cosines, units)
        self.bias = uniform(count, units)
        self.output_shape = (context.input_shape[0] + count * units,)

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return the inputs, followed by the functions of each position."""
        numbers = x[:, np.array(self.positions, np.int32)]
        learned = self.frequency[...], self.phase[...], self.mixture[...]
        functions = ops.periodic(numbers, *learned) + self.bias[...][None]
        return jnp.concatenate([x, functions.reshape(len(x), -1)], axis=1)

    def describe(self) -> Description:
        """Return the calculations of the width and the parameter count."""
        count, cosines, units = self.mixture[...].shape
        inputs, width = self.input_shape[0], self.output_shape[0]
        per_number = f"2*{cosines} + {cosines}*{units} + {units}"
        return Description(
            f"{inputs} + {count}*{units} = {width} columns",
            f"{count}*({per_number}) = {self.num_parameters}",
            count * cosines * (1 + units),
        )

    @classmethod
    def largest_output(cls, layer_spec: Any, input_shape: tuple[int, ...]) -> None:
        """Return None, because the width of a faulty layer is unknown."""
        return None


def _units(layer_spec: spec.EmbedColumns, codes: int) -> int:
    if layer_spec.units == "auto":
        return max(1, min(codes // 2, _MAX_UNITS))
    return int(layer_spec.units)  # type: ignore[arg-type]


def _draw_table(rng: np.random.Generator, size: int, units: int) -> np.ndarray:
    rows = rng.standard_normal((size, units)) / math.sqrt(units)
    return rows.astype(np.float32)


def _rows(table: jax.Array, codes: jax.Array) -> jax.Array:
    # By default, JAX returns NaN for out-of-range codes; "clip" uses the nearest row.
    return jnp.take(table, codes, axis=0, mode="clip")


def _check_positions(
    kind: str, columns: tuple[int | tuple[int, int], ...], context: BuildContext
) -> None:
    """Raise an InputError unless the input is a table with these columns.

    Args:
        kind: kind of the layer.
        columns: positions, or (position, number of codes) pairs.
        context: build context of the layer.
    """
    faults = Faults()
    shape = context.input_shape
    if len(shape) != 1:
        fix = "For tables, put this layer first. For sequences, use Embedding."
        rule = f"{kind}.input_shape == (columns,)"
        raise InputError(context.fault(rule, "input_shape", shape, fix))
    for column in columns:
        position = column if isinstance(column, int) else column[0]
        if position >= shape[0]:
            fix = f"The input has {shape[0]} columns, counted from 0."
            faults.add(context.fault(f"position < {shape[0]}", "columns", column, fix))
    faults.raise_if_any()
