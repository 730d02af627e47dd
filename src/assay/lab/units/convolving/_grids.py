"""Convolves and pools grids that the user enters."""

from functools import partial
from typing import Annotated, Any, Literal

import jax
import jax.numpy as jnp
import numpy as np
from pydantic import Field

from assay import nn, spec
from assay._errors import Faults, InputError, fault
from assay.lab.units._registry import Body, handles
from assay.nn import ops
from assay.nn.xray import ModelPass, watch

__all__ = ["POOL_INPUT", "WORKED_INPUT", "WORKED_KERNEL", "Pool", "Slide"]

_MOST = 12  # maximum number of rows or columns in a grid

Grid = list[list[float]]
Count = Annotated[int, Field(ge=1, le=12)]

WORKED_INPUT: Grid = [
    [2, 1, 0, 1, 1],
    [1, 1, 0, 2, 0],
    [0, 0, 1, 1, 1],
    [1, 2, 2, 0, 2],
    [2, 0, 1, 2, 1],
]
WORKED_KERNEL: Grid = [[0, 1, -1], [-1, 1, 0], [0, 1, 1]]
POOL_INPUT: Grid = [[2, 13, 3, 1], [1, 20, 2, 3], [15, 14, 7, 1], [10, 2, 2, 9]]


class Slide(Body):
    """Request to convolve a grid with a kernel.

    Args:
        input: rows of numbers.
        kernel: rows of numbers.
        bias: number added to every output.
        stride: S, distance between neighboring windows.
        padding: P, number of zeros added at each border of the input.
        dilation: distance between neighboring elements of the kernel.
        upstream: derivative of the objective with respect to each output; by default 1.
    """

    input: Grid = WORKED_INPUT
    kernel: Grid = WORKED_KERNEL
    bias: float = 0.0
    stride: Count = 2
    padding: Annotated[int, Field(ge=0, le=6)] = 1
    dilation: Count = 1
    upstream: Grid | None = None


def _grid(rows: Grid, name: str) -> np.ndarray:
    """Return a grid as an array, or raise an InputError."""
    widths = {len(row) for row in rows}
    faults = Faults()
    if len(widths) != 1 or 0 in widths:
        fix = "Use the same number of values in every row."
        faults.add(fault(f"{name} is a rectangle", name, rows, fix))
    elif not (len(rows) <= _MOST and widths.pop() <= _MOST):
        rule = f"{name} has at most {_MOST} rows and columns"
        shape = f"{len(rows)} x {len(rows[0])}"
        faults.add(fault(rule, name, shape, "Remove rows or columns."))
    faults.raise_if_any()
    grid = np.array(rows, np.float32)
    if not np.isfinite(grid).all():
        fix = "Replace the values that are infinite or NaN."
        raise InputError(fault(f"{name} is finite", name, rows, fix))
    return grid


@handles("convolution", "slide")
def slide(body: Slide) -> dict[str, Any]:
    """Convolve a grid with a kernel and list the terms of each output."""
    grid, kernel = _grid(body.input, "input"), _grid(body.kernel, "kernel")
    layer = spec.Conv2D(
        1,
        kernel.shape,
        stride=body.stride,
        padding=body.padding,
        dilation=body.dilation,
    )
    model: Any = nn.build(
        [layer], (*grid.shape, 1), num_outputs=1, rng=np.random.default_rng(0)
    )
    model.conv1.kernel[...] = jnp.asarray(kernel[..., None, None])
    model.conv1.bias[...] = jnp.full(1, body.bias, jnp.float32)
    watched = watch(model, grid[None, ..., None])
    output = watched.output("conv1")[0, ..., 0]
    window = model.conv1.window
    return {
        "output": np.float32(output),
        "cells": [
            [_cell(watched, "conv1", (r, c)) for c in range(output.shape[1])]
            for r in range(output.shape[0])
        ],
        "sizes": [s._asdict() for s in window.slides],
        "formula": window.formula,
        "notes": list(window.notes),
        "parameters": model.conv1.describe().parameters,
        **_backward(body, grid, kernel, output.shape),
    }


def _cell(watched: ModelPass, layer: str, position: tuple[int, int]) -> dict[str, Any]:
    """Return the terms of an output. Terms from the padding have the source None."""
    xray = watched.explain(layer, (*position, 0))
    window = xray.details["window"]
    terms = [
        {
            "factors": [float(f) for f in term.factors],
            "value": term.value,
            "what": term.what,
            "source": None if term.source is None else list(term.source[:2]),
        }
        for term in xray.terms
    ]
    return {
        "terms": terms,
        "from": window["from"],
        "to": window["to"],
        "sum": xray.check.sum,
        "forward": xray.check.forward,
    }


def _backward(
    body: Slide, grid: np.ndarray, kernel: np.ndarray, shape: tuple[int, ...]
) -> dict[str, Any]:
    """Backpropagate derivatives of the objective with respect to the outputs."""
    upstream = np.ones(shape, np.float32)
    if body.upstream is not None:
        upstream = _grid(body.upstream, "upstream")
    if upstream.shape != shape:
        rule, size = "upstream.shape == output.shape", " x ".join(map(str, shape))
        fix = f"Use {size} numbers."
        raise InputError(fault(rule, "upstream", list(upstream.shape), fix))
    convolve = partial(
        ops.convolve,
        stride=(body.stride,) * 2,
        padding=[(body.padding, body.padding)] * 2,
        dilation=(body.dilation,) * 2,
    )
    x, w = jnp.asarray(grid[None, ..., None]), jnp.asarray(kernel[..., None, None])

    def backward(x: jax.Array, w: jax.Array, g: jax.Array) -> Any:
        return jax.vjp(convolve, x, w)[1](g)

    g = jnp.asarray(upstream[None, ..., None])
    # Compiling both gradients together is faster.
    by_input, by_kernel = jax.jit(backward)(x, w, g)
    return {
        "upstream": np.float32(upstream),
        "by_kernel": np.float32(by_kernel[..., 0, 0]),
        "by_input": np.float32(by_input[0, ..., 0]),
        "by_bias": float(upstream.sum()),
    }


class Pool(Body):
    """Request to pool a grid.

    Args:
        input: rows of numbers.
        kind: whether to keep the maximum or the mean of each window.
        size: F, size of the window.
        stride: S, distance between neighboring windows.
        padding: P, number of cells added at each border of the input; added cells
            affect neither the maximum nor the mean.
    """

    input: Grid = POOL_INPUT
    kind: Literal["max", "average"] = "max"
    size: Count = 2
    stride: Count = 2
    padding: Annotated[int, Field(ge=0, le=6)] = 0


@handles("convolution", "pool")
def pool(body: Pool) -> dict[str, Any]:
    """Pool a grid and list each window's values and the position of its maximum."""
    grid = _grid(body.input, "input")
    kind = spec.MaxPool2D if body.kind == "max" else spec.AveragePool2D
    layer = kind(body.size, stride=body.stride, padding=body.padding)
    model: Any = nn.build(
        [layer], (*grid.shape, 1), num_outputs=1, rng=np.random.default_rng(0)
    )
    name = model.names[0]
    watched = watch(model, grid[None, ..., None])
    output = watched.output(name)[0, ..., 0]
    window = model.layer(name).window
    return {
        "output": np.float32(output),
        "cells": [
            [_pooled(watched, name, (r, c)) for c in range(output.shape[1])]
            for r in range(output.shape[0])
        ],
        "formula": window.formula,
        "sizes": [s._asdict() for s in window.slides],
        "notes": list(window.notes),
        "by_input": _by_input(model.layer(name), grid),
    }


def _pooled(
    watched: ModelPass, layer: str, position: tuple[int, int]
) -> dict[str, Any]:
    xray = watched.explain(layer, (*position, 0))
    window, winner = xray.details["window"], xray.details.get("winner")
    sources = [list((term.source or ())[:2]) for term in xray.result.terms]
    return {
        "values": [term.value for term in xray.result.terms],
        "sources": sources,
        "winner": None if winner is None else winner[:2],
        "from": window["from"],
        "to": window["to"],
        "value": xray.value,
    }


def _by_input(layer: nn.Layer, grid: np.ndarray) -> np.ndarray:
    """Return the derivatives of the sum of all outputs with respect to the inputs."""

    def total(x: jax.Array) -> jax.Array:
        return layer(x, nn.Context()).sum()

    by_input = jax.jit(jax.grad(total))(jnp.asarray(grid[None, ..., None]))
    return np.asarray(by_input[0, ..., 0])
