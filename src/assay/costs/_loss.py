"""The definition of a loss and the registry of all losses."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import jax

from assay.spec import Member, Registry

__all__ = ["REGISTRY", "Link", "Loss", "PerExample", "TaskKind", "get", "implements"]

TaskKind = Literal["binary", "multiclass", "regression"]

# (outputs (n, k), targets, **hyperparameters) -> (n,)
PerExample = Callable[..., jax.Array]
# outputs (n, k) -> predictions on the scale of the target
Link = Callable[[jax.Array], jax.Array]


def _one(num_classes: int) -> int:
    return 1


@dataclass(frozen=True, eq=False)
class Loss(Member):
    """A loss for a single example, with its link and other properties.

    The mean of a loss over a data set is the cost. The training objective is the cost,
    or its negative if `direction` is "maximize".

    Args:
        declaration: spec class, such as `spec.Huber`.
        loss: function that maps (outputs (n, k), targets) to one value per example
            (n,). The outputs are raw, without a sigmoid or softmax.
        tasks: the kinds of tasks that the loss supports.
        link: function that maps raw outputs to predictions.
        direction: "minimize" for a loss, "maximize" for a log-likelihood.
        num_outputs: function that maps the number of classes to k. Losses for
            regression ignore the number of classes.
        standardize: whether regression targets may be centered and scaled first; False
            for counts.

    Example:
        >>> from assay.costs import get
        >>> get("huber").hyperparameters
        {'delta': 1.0}
        >>> get("cross_entropy").num_outputs(3)
        3
    """

    loss: PerExample
    tasks: tuple[TaskKind, ...]
    link: Link
    direction: Literal["minimize", "maximize"] = "minimize"
    num_outputs: Callable[[int], int] = _one
    standardize: bool = True


REGISTRY: Registry[Loss] = Registry("cost")
implements = REGISTRY.implementer(Loss)
get = REGISTRY.find
