"""The type of a hyperparameter."""

from jaxtyping import Array, Num

__all__ = ["Scalar"]

# A Python number, or a traced scalar inside a compiled program.
Scalar = int | float | Num[Array, ""]
