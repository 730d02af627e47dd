"""The lecture's two notions, told apart by type.

Parameters (`nnx.Param`) are the model's internal state, derived from the training data
by learning. Hyper-parameters are set from outside and steer learning; those that act
inside the model are `Hyperparameter` variables.
"""

from flax import nnx

__all__ = ["Hyperparameter"]


class Hyperparameter(nnx.Variable):
    """A value inside the model that is set from outside and never learned."""
