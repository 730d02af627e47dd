"""What a loss of the family is, and the registry of all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import jax

from assay.spec import Member, Registry

__all__ = ["REGISTRY", "Link", "Loss", "PerExample", "TaskKind", "get", "implements"]

TaskKind = Literal["binary", "multiclass", "regression"]

# (outputs (n, k), targets, **hyperparameters) -> (n,)
PerExample = Callable[..., jax.Array]
# outputs (n, k) -> predictions in the target's own terms
Link = Callable[[jax.Array], jax.Array]


def _one(num_classes: int) -> int:
    return 1


@dataclass(frozen=True, eq=False)
class Loss(Member):
    """One member: a loss for a single point, and what belongs to it.

    A loss is for one point; its mean over a data set is the cost, and the cost (or
    its negative, where `direction` is "maximize") is the objective of training.

    Args:
        declaration: the spec class, such as `spec.Huber`.
        loss: (outputs (n, k), targets) to one value per example (n,). The outputs
            are raw: no sigmoid or softmax comes before.
        tasks: the kinds of task it is for.
        link: raw outputs to predictions.
        direction: "minimize" for a loss, "maximize" for a log-likelihood.
        num_outputs: number of classes (ignored for regression) to k.
        standardize: whether regression targets may be centered and scaled first;
            counts may not.

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
