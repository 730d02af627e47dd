"""Test surfaces in two variables, each difficult in a different way."""

from collections.abc import Callable
from dataclasses import dataclass

import jax

from assay._errors import InputError, did_you_mean, fault

__all__ = [
    "SURFACES",
    "Surface",
    "beale",
    "bowl",
    "get_surface",
    "rosenbrock",
    "saddle",
]


@dataclass(frozen=True, eq=False)
class Surface:
    """A function of two variables, with a starting point for races.

    Args:
        name: key in the registry.
        formula: formula in x and y.
        function: function that maps a point (2,) to its value.
        start: starting point (x, y).
        minima: points with the lowest value.
        least: lowest value.
        window: ((x low, x high), (y low, y high)), region to plot.

    Example:
        >>> SURFACES["bowl"].least
        0.0
    """

    name: str
    formula: str
    function: Callable[[jax.Array], jax.Array]
    start: tuple[float, float]
    minima: tuple[tuple[float, float], ...]
    least: float
    window: tuple[tuple[float, float], tuple[float, float]]


def bowl(point: jax.Array) -> jax.Array:
    """A quadratic with 50 times more curvature along y than along x.

        (x^2 + 50 y^2) / 2

    Plain gradient descent needs a learning rate below 2 / 50, so it moves slowly along
    x.

    Example:
        >>> float(bowl((2.0, 0.2)))
        3.0
    """
    x, y = point
    return (x**2 + 50 * y**2) / 2


def rosenbrock(point: jax.Array) -> jax.Array:
    """A narrow curved valley that is easy to reach but slow to follow.

        (1 - x)^2 + 100 (y - x^2)^2

    References:
        Rosenbrock, 1960, "An automatic method for finding the greatest or least value
        of a function".

    Example:
        >>> float(rosenbrock((1.0, 1.0)))
        0.0
    """
    x, y = point
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def beale(point: jax.Array) -> jax.Array:
    """Flat plains with steep walls at the corners.

        (1.5 - x + x y)^2 + (2.25 - x + x y^2)^2 + (2.625 - x + x y^3)^2

    References:
        Beale, 1958, "On an iterative method for finding a local minimum of a function
        of more than one variable".

    Example:
        >>> float(beale((3.0, 0.5)))
        0.0
    """
    x, y = point
    terms = [(c - x + x * y**k) ** 2 for k, c in ((1, 1.5), (2, 2.25), (3, 2.625))]
    return terms[0] + terms[1] + terms[2]


def saddle(point: jax.Array) -> jax.Array:
    """A saddle between two minima, with a starting point close to its ridge.

        x^2 / 2 - y^2 / 2 + y^4 / 4

    Example:
        >>> float(saddle((0.0, 1.0)))
        -0.25
    """
    x, y = point
    return x**2 / 2 - y**2 / 2 + y**4 / 4


SURFACES: dict[str, Surface] = {
    surface.name: surface
    for surface in (
        Surface(
            "bowl",
            "(x² + 50·y²) / 2",
            bowl,
            (-4.0, 1.0),
            ((0.0, 0.0),),
            0.0,
            ((-5.0, 5.0), (-1.5, 1.5)),
        ),
        Surface(
            "rosenbrock",
            "(1 - x)² + 100·(y - x²)²",
            rosenbrock,
            (-1.2, 1.0),
            ((1.0, 1.0),),
            0.0,
            ((-2.0, 2.0), (-1.0, 3.0)),
        ),
        Surface(
            "beale",
            "(1.5 - x + xy)² + (2.25 - x + xy²)² + (2.625 - x + xy³)²",
            beale,
            (1.0, 1.0),
            ((3.0, 0.5),),
            0.0,
            ((-1.0, 4.5), (-1.5, 1.8)),
        ),
        Surface(
            "saddle",
            "x²/2 - y²/2 + y⁴/4",
            saddle,
            (1.5, 0.001),
            ((0.0, 1.0), (0.0, -1.0)),
            -0.25,
            ((-2.0, 2.0), (-2.0, 2.0)),
        ),
    )
}


def get_surface(name: str) -> Surface:
    """Return the surface with the given name.

    Raises:
        InputError: the name is unknown. The message suggests the closest known name.

    Example:
        >>> get_surface("beale").start
        (1.0, 1.0)
    """
    if name in SURFACES:
        return SURFACES[name]
    fix = f"Choose from: {', '.join(SURFACES)}."
    message = fault("surface in SURFACES", "surface", name, fix)
    raise InputError(message + did_you_mean(name, SURFACES))
