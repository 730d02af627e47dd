"""What every loss of the family declares."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import jax

__all__ = ["Link", "Loss", "PerExample", "TaskKind"]

TaskKind = Literal["binary", "multiclass", "regression"]

# (outputs (n, k), targets, **hyperparameters) -> (n,)
PerExample = Callable[..., jax.Array]
# outputs (n, k) -> predictions in the target's own terms
Link = Callable[[jax.Array], jax.Array]


@dataclass(frozen=True, eq=False)
class Loss:
    """One member: a loss for a single point, and what belongs to it.

    A loss is for one point; its mean over a data set is the cost, and the cost (or
    its negative, where `direction` is "maximize") is the objective of training.

    Args:
        name: the key in the registry.
        formula: the loss in the names of its arguments.
        direction: "minimize" for a loss, "maximize" for a log-likelihood.
        tasks: the kinds of task it is for.
        loss: (outputs (n, k), targets) to one value per example (n,). The outputs
            are raw: no sigmoid or softmax comes before.
        link: raw outputs to predictions.
        num_outputs: number of classes (ignored for regression) to k.
        hyperparameters: keyword arguments of `loss`, which may be traced.
        standardize: whether regression targets may be centered and scaled first;
            counts may not.

    Example:
        >>> from assay.costs import get
        >>> get("huber").hyperparameters
        ('delta',)
    """

    name: str
    formula: str
    direction: Literal["minimize", "maximize"]
    tasks: tuple[TaskKind, ...]
    loss: PerExample
    link: Link
    num_outputs: Callable[[int], int]
    hyperparameters: tuple[str, ...] = ()
    standardize: bool = True
