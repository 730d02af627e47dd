"""Initial weights, drawn by NumPy so that they do not depend on the device.

For fan_in inputs and fan_out outputs, the initializers are:

- he: normal with variance gain^2 / fan_in (gain sqrt(2) for ReLU)
- glorot: uniform within ±sqrt(6 / (fan_in + fan_out))
- lecun: normal with variance 1 / fan_in
- orthogonal: rows or columns of a random orthogonal matrix
- zeros, ones: constant

References:
    He et al., 2015, "Delving deep into rectifiers".
    Glorot and Bengio, 2010, "Understanding the difficulty of training deep
    feedforward neural networks".
    LeCun et al., 1998, "Efficient backprop", section 4.6.
    Saxe et al., 2014, "Exact solutions to the nonlinear dynamics of learning in deep
    linear neural networks" (orthogonal).
"""

import math
from collections.abc import Callable, Sequence

import numpy as np

from assay._errors import InputError, did_you_mean

__all__ = ["INITIALIZERS", "initialize"]

_Rng = np.random.Generator
_Shape = Sequence[int]


def _fans(shape: _Shape) -> tuple[int, int]:
    """Return (fan_in, fan_out), both multiplied by the window size."""
    window = math.prod(shape[:-2])
    return window * shape[-2], window * shape[-1]


def _he(rng: _Rng, shape: _Shape, gain: float) -> np.ndarray:
    return rng.standard_normal(shape) * (gain / math.sqrt(_fans(shape)[0]))


def _glorot(rng: _Rng, shape: _Shape, gain: float) -> np.ndarray:
    # A uniform distribution on [-limit, limit] has variance limit**2 / 3. With this
    # limit, the variance is 2 / (fan_in + fan_out), a compromise between 1 / fan_in,
    # which preserves the scale of the signals, and 1 / fan_out, which preserves the
    # scale of the gradients.
    limit = math.sqrt(6 / sum(_fans(shape)))
    return rng.uniform(-limit, limit, shape)


def _lecun(rng: _Rng, shape: _Shape, gain: float) -> np.ndarray:
    return rng.standard_normal(shape) / math.sqrt(_fans(shape)[0])


def _orthogonal(rng: _Rng, shape: _Shape, gain: float) -> np.ndarray:
    rows, columns = math.prod(shape[:-1]), shape[-1]
    normal = rng.standard_normal((max(rows, columns), min(rows, columns)))
    q, r = np.linalg.qr(normal)
    # Without this step, the matrix would not be uniformly distributed, because the QR
    # decomposition fixes the signs of r's diagonal.
    q = q * np.sign(np.diag(r))
    return (q if rows >= columns else q.T).reshape(shape)


def _zeros(rng: _Rng, shape: _Shape, gain: float) -> np.ndarray:
    return np.zeros(shape)


def _ones(rng: _Rng, shape: _Shape, gain: float) -> np.ndarray:
    return np.ones(shape)


INITIALIZERS: dict[str, Callable[[_Rng, _Shape, float], np.ndarray]] = {
    "he": _he,
    "glorot": _glorot,
    "lecun": _lecun,
    "orthogonal": _orthogonal,
    "zeros": _zeros,
    "ones": _ones,
}


def initialize(
    name: str, rng: np.random.Generator, shape: Sequence[int], *, gain: float = 1.0
) -> np.ndarray:
    """Draw the initial values of a kernel.

    Args:
        name: one of `INITIALIZERS`.
        rng: random number generator.
        shape: (..., inputs, outputs); the leading axes are the kernel size of a
            convolution.
        gain: gain of the next activation; used only by "he".

    Returns:
        A float32 array with the given shape.

    Raises:
        InputError: there is no initializer with this name.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> float(initialize("he", rng, (400, 50), gain=2**0.5).std().round(2))
        0.07
    """
    if name not in INITIALIZERS:
        known = ", ".join(INITIALIZERS)
        near = did_you_mean(name, INITIALIZERS)
        raise InputError(f"unknown initializer {name!r}.{near} Known: auto, {known}.")
    return INITIALIZERS[name](rng, shape, gain).astype(np.float32)
