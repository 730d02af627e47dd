"""X-rays of what multiplies by weights or looks them up: dense, embeddings."""

import numpy as np

from assay.nn.xray._member import Made, xrays
from assay.nn.xray._seen import Seen
from assay.nn.xray._terms import Term, constant, product

__all__ = ["bias_term"]


def bias_term(seen: Seen, place: int) -> tuple[Term, ...]:
    """Return the term of the bias of one unit or filter; none where there is none."""
    if seen.layer.bias is None:  # type: ignore[attr-defined]
        return ()
    return (constant(seen.values("bias")[place], "b"),)


@xrays("dense")
def _dense(seen: Seen, row: int, at: tuple[int, ...]) -> Made:
    *place, unit = at
    x = seen.inputs(row, fill=None)[tuple(place)]
    weights = seen.weights("kernel")[:, unit]
    products = (
        product(value, weight, source=(*place, i))
        for i, (value, weight) in enumerate(zip(x, weights, strict=True))
    )
    bias = bias_term(seen, unit)
    formula = "y[j] = sum over i of x[i] W[i, j]" + (" + b[j]" if bias else "")
    return Made(formula, (*products, *bias))


@xrays("embedding")
def _embedding(seen: Seen, row: int, at: tuple[int, ...]) -> Made:
    step, unit = at
    code = int(seen.x[row].reshape(-1)[step])
    source = (step,) if seen.x.ndim == 2 else (step, 0)
    return _row_of(seen, "kernel", code, unit=unit, source=source)


@xrays("embed_columns")
def _embed_columns(seen: Seen, row: int, at: tuple[int, ...]) -> Made:
    (place,) = at
    numbers: tuple[int, ...] = seen.layer.numbers  # type: ignore[attr-defined]
    if place < len(numbers):
        source = (numbers[place],)
        term = product(seen.x[row][source], source=source)
        return Made("y[j] = x[i], a number", (term,))
    place -= len(numbers)
    for position in seen.layer.positions:  # type: ignore[attr-defined]
        name = f"kernel{position}"
        width = seen.values(name).shape[1]
        if place < width:
            break
        place -= width
    code = int(seen.x[row][position])
    return _row_of(seen, name, code, unit=place, source=(position,))


def _row_of(
    seen: Seen, name: str, code: int, *, unit: int, source: tuple[int, ...]
) -> Made:
    table = seen.values(name)
    taken = int(np.clip(code, 0, len(table) - 1))  # a code beyond takes the nearest
    details = {"code": code, "taken_row": taken, "unit": unit}
    term = product(table[taken, unit], what="weight", source=source)
    return Made("y[t, u] = W[code[t], u]", (term,), details=details)
