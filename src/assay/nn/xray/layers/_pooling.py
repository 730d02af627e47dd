"""X-rays of pooling: the window, and the winner or the mean."""

import numpy as np

from assay.nn.xray._member import Made, xrays
from assay.nn.xray._seen import Seen
from assay.nn.xray._terms import Line, Term, product
from assay.nn.xray.layers._convolution import window_of

__all__: list[str] = []

_RANKS = ("1d", "2d", "3d")


def _name(at: tuple[int, ...]) -> str:
    return f"y[{', '.join(map(str, at))}]"


def _largest(
    candidates: tuple[Term, ...], at: tuple[int, ...], formula: str, **details: object
) -> Made:
    if not candidates:
        return Made(formula, (), details=details)
    winner = max(candidates, key=lambda term: term.value)  # the first of equal ones
    result = Line(_name(at), candidates, winner.value, "max")
    told = {**details, "winner": list(winner.source or ())}
    return Made(formula, (winner,), result=result, details=told)


def _mean(
    values: tuple[Term, ...], at: tuple[int, ...], formula: str, **details: object
) -> Made:
    if not values:
        return Made(formula, (), details=details)
    share = 1 / len(values)
    terms = tuple(
        product(term.value, share, source=term.source, what="input") for term in values
    )
    total = Line.sum("", terms).value
    result = Line(_name(at), values, total, "mean")
    return Made(formula, terms, result=result, details=dict(details))


def _window(seen: Seen, row: int, at: tuple[int, ...]) -> tuple[Term, ...]:
    """Return the real inputs under the window, in order."""
    *place, channel = at
    sliding = seen.layer.sliding  # type: ignore[attr-defined]
    if seen.beyond(row, at):
        return ()
    start = window_of(sliding, tuple(place))["from"]
    x, space = seen.x[row], list(sliding.space)
    space[0] = min(space[0], seen.num_steps(row))
    found = []
    for tap in np.ndindex(*sliding.size):
        where = np.add(start, np.multiply(sliding.dilation, tap))
        if np.all((where >= 0) & (where < space)):
            found.append(product(x[(*where, channel)], source=(*where, channel)))
    return tuple(found)


def _told(seen: Seen, at: tuple[int, ...]) -> dict[str, list[int]]:
    return window_of(seen.layer.sliding, at[:-1])  # type: ignore[attr-defined]


@xrays(*(f"max_pool{rank}" for rank in _RANKS))
def _max_pool(seen: Seen, row: int, at: tuple[int, ...]) -> Made:
    formula = "y[p, c] = max over t of x[S p + t - P, c]"
    return _largest(_window(seen, row, at), at, formula, window=_told(seen, at))


@xrays(*(f"average_pool{rank}" for rank in _RANKS))
def _average_pool(seen: Seen, row: int, at: tuple[int, ...]) -> Made:
    formula = "y[p, c] = mean over t of x[S p + t - P, c]; padding is not counted"
    return _mean(_window(seen, row, at), at, formula, window=_told(seen, at))


def _everywhere(seen: Seen, row: int, at: tuple[int, ...]) -> tuple[Term, ...]:
    x = seen.x[row][: seen.num_steps(row)]
    places = np.ndindex(*x.shape[:-1])
    return tuple(product(x[(*p, *at)], source=(*p, *at)) for p in places)


@xrays("global_max_pool")
def _global_max_pool(seen: Seen, row: int, at: tuple[int, ...]) -> Made:
    return _largest(_everywhere(seen, row, at), at, "y[c] = max over p of x[p, c]")


@xrays("global_average_pool")
def _global_average_pool(seen: Seen, row: int, at: tuple[int, ...]) -> Made:
    return _mean(_everywhere(seen, row, at), at, "y[c] = mean over p of x[p, c]")
