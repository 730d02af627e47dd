"""The cost over a data set and the training objective, both computed from a loss."""

import jax.numpy as jnp
from jaxtyping import Array, Float, Num

from assay._calls import explains_arguments
from assay._errors import InputError, fault
from assay.costs._loss import Loss

__all__ = ["cost", "objective"]


@explains_arguments(
    "assay.costs.cost(assay.costs.get('squared_error'), outputs, targets)", loss=Loss
)
def cost(
    loss: Loss,
    outputs: Float[Array, "n k"],
    targets: Num[Array, " n"] | Float[Array, "n k"],
    *,
    weights: Num[Array, " n"] | None = None,
    ignored: int | Num[Array, ""] | None = None,
    **hyperparameters: float | Num[Array, ""],
) -> Float[Array, ""]:
    """Average a loss over a data set or a batch.

        cost = sum(weights * loss) / sum(weights)

    Args:
        loss: registered loss.
        outputs: (n, k) raw outputs; narrower types are converted to float32 first.
        targets: (n,) or (n, k), depending on the loss.
        weights: (n,) row weights >= 0, not all 0; None for equal weights. Padding rows
            have weight 0.
        ignored: class that marks examples to exclude, such as -100 in PyTorch
            (`ignore_index`). Their weights are set to 0.
        **hyperparameters: hyperparameters of the loss, such as delta.

    Returns:
        () the cost, to be minimized or maximized according to `loss.direction`.

    Example:
        >>> from assay.costs import cost, get
        >>> outputs, targets = jnp.array([[1.0], [3.0]]), jnp.array([0.0, 0.0])
        >>> float(cost(get("squared_error"), outputs, targets))
        5.0
        >>> weights = jnp.array([1.0, 0.0])
        >>> float(cost(get("squared_error"), outputs, targets, weights=weights))
        1.0
        >>> logits, classes = jnp.array([[0.0, 0.0], [9.0, 0.0]]), jnp.array([0, -100])
        >>> round(float(cost(get("cross_entropy"), logits, classes, ignored=-100)), 4)
        0.6931
    """
    if ignored is not None:
        targets, weights = _without(ignored, targets, weights)
    # The mean over a batch needs more precision than bfloat16 provides.
    wide = outputs.astype(jnp.promote_types(outputs.dtype, jnp.float32))
    losses = loss.loss(wide, targets, **hyperparameters)
    if weights is None:
        return losses.mean()
    return (weights * losses).sum() / weights.sum()


@explains_arguments(
    "assay.costs.objective(assay.costs.get('squared_error'), outputs, targets)",
    loss=Loss,
)
def objective(
    loss: Loss,
    outputs: Float[Array, "n k"],
    targets: Num[Array, " n"] | Float[Array, "n k"],
    *,
    weights: Num[Array, " n"] | None = None,
    ignored: int | Num[Array, ""] | None = None,
    **hyperparameters: float | Num[Array, ""],
) -> Float[Array, ""]:
    """Return the quantity that training minimizes.

        objective = cost if direction is "minimize" else -cost

    Args:
        loss: registered loss.
        outputs: (n, k) raw outputs.
        targets: (n,) or (n, k), depending on the loss.
        weights: (n,) row weights >= 0, not all 0; None for equal weights.
        ignored: class that marks examples to exclude, as in `cost`.
        **hyperparameters: hyperparameters of the loss.

    Returns:
        () the objective.

    Example:
        >>> from assay.costs import get, objective
        >>> outputs, targets = jnp.array([[0.0]]), jnp.array([1.0])
        >>> float(objective(get("poisson_likelihood"), outputs, targets))
        1.0
    """
    value = cost(
        loss, outputs, targets, weights=weights, ignored=ignored, **hyperparameters
    )
    return value if loss.direction == "minimize" else -value


def _without(
    ignored: int | Num[Array, ""],
    targets: Num[Array, " n"] | Float[Array, "n k"],
    weights: Num[Array, " n"] | None,
) -> tuple[Num[Array, " n"], Num[Array, " n"]]:
    """Set the weights of ignored examples to 0 and their targets to a valid class.

    Raises:
        InputError: the targets are distributions instead of classes.
    """
    if targets.ndim != 1:
        fix = "To exclude examples, set their weights to 0."
        shape = tuple(targets.shape)
        raise InputError(fault("targets.ndim == 1", "targets.shape", shape, fix))
    kept = targets != ignored
    weight = jnp.ones(targets.shape) if weights is None else weights
    # The targets are replaced, because the loss of an unknown class is nan, and a
    # weight of 0 does not remove it.
    return jnp.where(kept, targets, 0), jnp.where(kept, weight, 0)
