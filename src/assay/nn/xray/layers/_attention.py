"""X-rays of attention layers, showing the attention weights of each step."""

import math
from typing import Any

import numpy as np

from assay import spec
from assay.nn.xray._calculation import (
    Calculation,
    Line,
    Position,
    constant,
    product,
)
from assay.nn.xray._layer_pass import LayerPass
from assay.nn.xray._registry import xrays

__all__: list[str] = []

_MOST_HEADS = 8  # table columns that fit on a screen


@xrays(spec.SelfAttention)
def _self_attention(layer_pass: LayerPass, row: int, at: Position) -> Calculation:
    step, unit = at
    layer: Any = layer_pass.layer
    formula = "y[t, c] = sum over h, d of r_h[t, d] W[h d, c] + b[c], r_h = a_h v_h"
    if layer_pass.is_padding(row, at):
        return Calculation(formula, ())
    query, key, value = _projections(layer_pass, row)
    share = _attention_weights(layer, query[step], key, step)
    read = np.einsum("hs,shd->hd", share, value[: share.shape[1]])
    weights = layer_pass.weights("output_kernel")[:, unit]
    terms = [
        product(number, weight, what=f"read by head {index // layer.units}")
        for index, (number, weight) in enumerate(
            zip(read.reshape(-1), weights, strict=True)
        )
    ]
    if layer.output_bias is not None:
        terms.append(constant(layer_pass.values("output_bias")[unit], "b"))
    # The rounding error of a score grows with the score's terms, and changes the
    # attention weight by about the same amount.
    roundings = np.einsum("hd,shd->hs", abs(query[step]), abs(key)).max()
    sizes = np.abs(value).max(axis=(0, 2)) * np.abs(weights).reshape(
        layer.heads, -1
    ).sum(axis=1)
    return Calculation(
        formula,
        tuple(terms),
        lines=tuple(
            _first_unit(share[h], value[:, h, 0], head=h) for h in range(layer.heads)
        ),
        details={"step": step, "shares": _table(share)},
        magnitude=float(sizes.sum() * (1 + roundings)),
    )


def _projections(layer_pass: LayerPass, row: int) -> np.ndarray:
    """Return the queries, keys and values of all heads, (3, steps, heads, units)."""
    layer: Any = layer_pass.layer
    x = layer_pass.inputs(row)[: layer_pass.num_steps(row)]
    projected = x @ layer_pass.weights("kernel")
    if layer.bias is not None:
        projected = projected + layer_pass.values("bias")
    by_head = projected.reshape(len(x), 3, layer.heads, layer.units)
    return np.moveaxis(by_head, 1, 0)


def _attention_weights(
    layer: Any, query: np.ndarray, key: np.ndarray, step: int
) -> np.ndarray:
    """Return the attention weights of a step's query over the keys, (heads, steps)."""
    scores = np.einsum("hd,shd->hs", query, key) / math.sqrt(layer.units)
    if layer.causal:
        scores = scores[:, : step + 1]
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _first_unit(share: np.ndarray, value: np.ndarray, *, head: int) -> Line:
    """Return the calculation of the first value in a head's output."""
    pairs = zip(share, value[: len(share)], strict=True)
    products = [product(a, v, what="value") for a, v in pairs]
    return Line.sum(f"r_{head}[0]", products)


def _table(share: np.ndarray) -> list[dict[str, Any]]:
    """Return one row per key step, with the attention weight of each head."""
    return [
        {"from step": s, **{f"head {h}": float(a) for h, a in enumerate(column)}}
        for s, column in enumerate(share[:_MOST_HEADS].T)
    ]


@xrays(spec.PositionEmbedding)
def _position_embedding(layer_pass: LayerPass, row: int, at: Position) -> Calculation:
    layer: Any = layer_pass.layer
    position = float(np.asarray(layer.table())[at])
    terms = (product(layer_pass.x[row][at], source=at), constant(position, "P"))
    return Calculation(spec.PositionEmbedding.formula, terms)
