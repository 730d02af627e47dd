"""X-rays of activations and of dropout: input, output, derivative, mask."""

from typing import Any

import jax.numpy as jnp
import numpy as np

from assay.nn._activations import REGISTRY, derivative
from assay.nn._masks import keep_mask
from assay.nn.xray._member import Made, xrays
from assay.nn.xray._seen import Seen
from assay.nn.xray._terms import Line, constant, product

__all__ = ["dropout_mask"]


def _hyper(seen: Seen) -> dict[str, Any]:
    activation = REGISTRY[seen.layer.kind]  # type: ignore[attr-defined]
    names = [*activation.hyperparameters, *activation.learned]
    return {name: jnp.float32(seen.values(name)) for name in names}


@xrays(*(name for name, member in REGISTRY.items() if member.elementwise))
def _elementwise(seen: Seen, row: int, at: tuple[int, ...]) -> Made:
    kind: str = seen.layer.kind  # type: ignore[attr-defined]
    hyper = _hyper(seen)
    x = jnp.asarray(seen.x[row][at], jnp.float32)
    y = float(REGISTRY[kind].function(x, **hyper))
    slope = float(derivative(kind)(x, **hyper))
    details = {"input": float(x), "output": y, "derivative": slope}
    details |= {name: float(value) for name, value in hyper.items()}
    name = f"y[{', '.join(map(str, at))}]"
    result = Line(name, (product(x, source=at),), y, kind)
    # float32 evaluates the function at a rounded input
    magnitude = abs(float(x)) * abs(slope)
    terms = (product(y, source=at),)
    formula = f"y = {REGISTRY[kind].formula}"
    return Made(formula, terms, result=result, details=details, magnitude=magnitude)


@xrays("softmax")
def _softmax(seen: Seen, row: int, at: tuple[int, ...]) -> Made:
    *place, unit = at
    x = np.asarray(seen.x[row][tuple(place)], np.float64)
    top = float(x.max())
    powers = tuple(
        product(np.exp(value - top), source=(*place, k)) for k, value in enumerate(x)
    )
    total = Line.sum("total", powers)
    term = product(powers[unit].value, 1 / total.value, source=at)
    y = term.value
    details = {
        "input": float(x[unit]),
        "largest_input": top,
        "output": y,
        "derivative": y * (1 - y),
    }
    formula = "y[j] = exp(x[j] - m) / sum over k of exp(x[k] - m), m = the largest x"
    return Made(
        formula,
        (term,),
        lines=(total,),
        details=details,
        magnitude=y * float(np.abs(x - top).max()),
    )


def dropout_mask(seen: Seen) -> np.ndarray | None:
    """Return what was kept of a batch, (n, ...) of True and False; None: everything."""
    if seen.key is None:
        return None
    layer: Any = seen.layer
    shape = layer._mask_shape(seen.x.shape)
    kept = 1.0 - layer.rate[...]
    first = seen.context.first_row
    mask = np.asarray(keep_mask(seen.key, shape, kept, first_row=first))
    return np.broadcast_to(mask, seen.x.shape)


@xrays("dropout", "spatial_dropout")
def _dropout(seen: Seen, row: int, at: tuple[int, ...]) -> Made:
    x, rate = float(seen.x[row][at]), float(seen.values("rate"))
    mask = dropout_mask(seen)
    if mask is None:
        details: dict[str, Any] = {"rate": rate, "dropped": False, "in_training": False}
        term = product(x, source=at)
        return Made("y = x outside of training", (term,), details=details)
    m = bool(mask[row][at])
    details = {
        "rate": rate,
        "dropped": not m,
        "in_training": True,
        "kept_of_the_row": [int(mask[row].sum()), int(mask[row].size)],
    }
    term = product(x, m, 1 / (1 - rate), source=at)
    line = Line.sum("m", [constant(m, what="mask")])
    return Made("y = x m / (1 - rate)", (term,), lines=(line,), details=details)
