"""X-rays of dense layers and embeddings."""

import numpy as np

from assay import spec
from assay.nn.xray._calculation import Calculation, Position, Term, constant, product
from assay.nn.xray._layer_pass import LayerPass
from assay.nn.xray._registry import xrays

__all__ = ["bias_term"]


def bias_term(layer_pass: LayerPass, place: int) -> tuple[Term, ...]:
    """Return the bias term of one unit or filter, or () if there is no bias."""
    if layer_pass.layer.bias is None:  # type: ignore[attr-defined]
        return ()
    return (constant(layer_pass.values("bias")[place], "b"),)


@xrays(spec.Dense)
def _dense(layer_pass: LayerPass, row: int, at: Position) -> Calculation:
    *place, unit = at
    x = layer_pass.inputs(row, fill=None)[tuple(place)]
    weights = layer_pass.weights("kernel")[:, unit]
    products = (
        product(value, weight, source=(*place, i))
        for i, (value, weight) in enumerate(zip(x, weights, strict=True))
    )
    bias = bias_term(layer_pass, unit)
    formula = "y[j] = sum over i of x[i] W[i, j]" + (" + b[j]" if bias else "")
    return Calculation(formula, (*products, *bias))


@xrays(spec.Embedding)
def _embedding(layer_pass: LayerPass, row: int, at: Position) -> Calculation:
    step, unit = at
    code = int(layer_pass.x[row].reshape(-1)[step])
    source = (step,) if layer_pass.x.ndim == 2 else (step, 0)
    return _row_of(layer_pass, "kernel", code, unit=unit, source=source)


@xrays(spec.EmbedColumns)
def _embed_columns(layer_pass: LayerPass, row: int, at: Position) -> Calculation:
    (place,) = at
    numbers: Position = layer_pass.layer.numbers  # type: ignore[attr-defined]
    if place < len(numbers):
        source = (numbers[place],)
        term = product(layer_pass.x[row][source], source=source)
        return Calculation("y[j] = x[i], a number", (term,))
    place -= len(numbers)
    for position in layer_pass.layer.positions:  # type: ignore[attr-defined]
        name = f"kernel{position}"
        width = layer_pass.values(name).shape[1]
        if place < width:
            break
        place -= width
    code = int(layer_pass.x[row][position])
    return _row_of(layer_pass, name, code, unit=place, source=(position,))


@xrays(spec.PeriodicEmbedding)
def _periodic_embedding(layer_pass: LayerPass, row: int, at: Position) -> Calculation:
    (place,) = at
    x = layer_pass.x[row]
    if place < len(x):
        term = product(x[place], source=(place,))
        return Calculation("y[j] = x[j], an input", (term,))
    units = layer_pass.values("bias").shape[1]
    number, unit = divmod(place - len(x), units)
    position = layer_pass.layer.positions[number]  # type: ignore[attr-defined]
    frequency = layer_pass.values("frequency")[number]
    angles = (
        2
        * np.pi
        * (frequency * float(x[position]) + layer_pass.values("phase")[number])
    )
    mixture = layer_pass.values("mixture")[number, :, unit]
    terms = [
        product(cosine, weight, what="cosine", source=(position,))
        for cosine, weight in zip(np.cos(angles), mixture, strict=True)
    ]
    terms.append(constant(layer_pass.values("bias")[number, unit], "c"))
    return Calculation(
        "y[j] = sum over k of cos(2π (w[k] x[p] + b[k])) V[k] + c",
        tuple(terms),
        details={"position": position, "x": float(x[position]), "unit": unit},
        # A rounding error in an angle changes the cosine by at most the same amount.
        magnitude=float(np.abs(angles * mixture).sum()),
    )


def _row_of(
    layer_pass: LayerPass, name: str, code: int, *, unit: int, source: Position
) -> Calculation:
    table = layer_pass.values(name)
    taken = int(np.clip(code, 0, len(table) - 1))  # as in the layer
    details = {"code": code, "taken_row": taken, "unit": unit}
    term = product(table[taken, unit], what="weight", source=source)
    return Calculation("y[t, u] = W[code[t], u]", (term,), details=details)
