"""The type of a hyperparameter."""

from jaxtyping import Array, Num

__all__ = ["Scalar"]

# A number, which is traced if it is an input of a compiled program.
Scalar = int | float | Num[Array, ""]
