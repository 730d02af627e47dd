"""The type of a hyperparameter."""

from jaxtyping import Array, Num

__all__ = ["Scalar"]

# A Python number or, in a compiled program, a traced scalar.
Scalar = int | float | Num[Array, ""]
