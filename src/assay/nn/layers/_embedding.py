"""Embedding layers: learned numbers for codes of tokens and of categories."""

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from assay import spec
from assay._errors import Faults, InputError
from assay.nn._context import Context
from assay.nn._layer import About, Layer, Site, builds

__all__ = ["EmbedColumns", "Embedding"]


@builds(spec.Embedding)
class Embedding(Layer):
    """Looks up a learned row for each code: a dense layer of one-hot codes.

    For tokens and for categories of many values. Rows start normal with variance
    1 / units. Named "kernel", the table is held small by L1 and L2 like any other.

        y = W[code]

    Args:
        asked: size, the number of codes; units, the numbers that stand for one.
        site: x holds codes 0 to size - 1, (n, steps) or (n, steps, 1), whole numbers
            of any type; y is (n, steps, units). A code beyond takes the nearest row.

    Raises:
        InputError: the input has channels.

    Example:
        >>> site = Site((3,), np.random.default_rng(0))
        >>> layer = Embedding(spec.Embedding(10, 4), site)
        >>> layer(jnp.array([[1, 9, 1]]), Context()).shape
        (1, 3, 4)

    References:
        Bengio et al., 2003, "A neural probabilistic language model".
    """

    def __init__(self, asked: spec.Embedding, site: Site) -> None:
        steps, *channels = shape = site.input_shape
        if channels not in ([], [1]):
            rule = "the input of embedding is (steps,) or (steps, 1)"
            fix = "It holds one code a step; put the layer first."
            raise InputError(site.fault(rule, "input_shape", shape, fix))
        size, units = int(asked.size), int(asked.units)  # type: ignore[arg-type]
        self.kernel = nnx.Param(_table(site.rng, size, units))
        self.output_shape = (steps, units)

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return the row of each code."""
        codes = x.reshape(x.shape[0], -1).astype(jnp.int32)
        return _rows(self.kernel[...], codes)

    def about(self) -> About:
        """Say how many rows it has."""
        size, units = self.kernel[...].shape
        return About("y = W[code]", f"{size}*{units} = {size * units}")

    @classmethod
    def largest_output(
        cls, asked: spec.Embedding, input_shape: tuple[int, ...]
    ) -> tuple[int, ...]:
        """Return (steps, units)."""
        return (*input_shape[:1], int(asked.units))  # type: ignore[arg-type]


@builds(spec.EmbedColumns)
class EmbedColumns(Layer):
    """Embeds the columns of a table that hold codes; numbers stay beside them.

    For tables with categories of many values, as the first layer. The numbers come
    first in their order, then the rows of each column of codes in the order asked
    for.

        y = [x of the numbers, W_p[x_p] for each position p of codes]

    Args:
        asked: columns, (position, number of codes) each; units, numbers for a code:
            "auto" takes half of the number of codes, 1 to 50.
        site: x is (n, columns), codes as whole numbers of any type; y is (n, width).

    Raises:
        InputError: the input is no table, or a position lies beyond its columns.

    Example:
        >>> site = Site((3,), np.random.default_rng(0))
        >>> layer = EmbedColumns(spec.EmbedColumns(((1, 8),)), site)
        >>> layer(jnp.array([[0.5, 7.0, -1.0]]), Context())[0, :2].tolist()
        [0.5, -1.0]
        >>> layer.output_shape
        (6,)

    References:
        Guo and Berkhahn, 2016, "Entity embeddings of categorical variables".
    """

    def __init__(self, asked: spec.EmbedColumns, site: Site) -> None:
        _check_columns(asked, site)
        (width,) = site.input_shape
        self.positions = tuple(position for position, _ in asked.columns)
        coded = set(self.positions)
        self.numbers = tuple(p for p in range(width) if p not in coded)
        units = [_units(asked, codes) for _, codes in asked.columns]
        for (position, codes), size in zip(asked.columns, units, strict=True):
            table = _table(site.rng, codes, size)
            setattr(self, f"kernel{position}", nnx.Param(table))
        self.output_shape = (len(self.numbers) + sum(units),)

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return the numbers, and the rows of the codes."""
        parts = [x[:, np.array(self.numbers, np.int32)]]
        for position in self.positions:
            table = getattr(self, f"kernel{position}")[...]
            parts.append(_rows(table, x[:, position].astype(jnp.int32)))
        return jnp.concatenate(parts, axis=1)

    def about(self) -> About:
        """Say how wide it is, and how many rows its tables have."""
        shapes = [getattr(self, f"kernel{p}")[...].shape for p in self.positions]
        width = " + ".join(str(n) for n in (len(self.numbers), *(u for _, u in shapes)))
        count = " + ".join(f"{codes}*{units}" for codes, units in shapes)
        return About(
            f"{width} = {self.output_shape[0]} columns",
            f"{count} = {self.num_parameters}",
        )

    @classmethod
    def largest_output(cls, asked: Any, input_shape: tuple[int, ...]) -> None:
        """Return None: the width depends on what is wrong."""
        return None


def _units(asked: spec.EmbedColumns, codes: int) -> int:
    if asked.units == "auto":
        return max(1, min(codes // 2, 50))
    return int(asked.units)  # type: ignore[arg-type]


def _table(rng: np.random.Generator, size: int, units: int) -> np.ndarray:
    rows = rng.standard_normal((size, units)) / math.sqrt(units)
    return rows.astype(np.float32)


def _rows(table: jax.Array, codes: jax.Array) -> jax.Array:
    return jnp.take(table, codes, axis=0, mode="clip")


def _check_columns(asked: spec.EmbedColumns, site: Site) -> None:
    faults = Faults()
    shape = site.input_shape
    if len(shape) != 1:
        fix = "Use it as the first layer of a table's net; Embedding serves sequences."
        rule = "the input of embed_columns is a table"
        raise InputError(site.fault(rule, "input_shape", shape, fix))
    for column in asked.columns:
        if column[0] >= shape[0]:
            fix = f"The input has {shape[0]} columns, counted from 0."
            faults.add(site.fault(f"position < {shape[0]}", "columns", column, fix))
    faults.raise_if_any()
