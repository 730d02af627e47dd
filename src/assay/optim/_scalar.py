"""The type of a hyperparameter."""

from jaxtyping import Array, Num

__all__ = ["Scalar"]

# One number, which is traced where a compiled program takes it as an input.
Scalar = int | float | Num[Array, ""]
