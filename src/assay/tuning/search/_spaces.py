"""Converts search spaces for Optuna, and fills in values missing from settings."""

from collections.abc import Mapping, Sequence
from typing import Any

import optuna
from optuna.distributions import BaseDistribution

from assay.spec import Choice, Integer, Log, Space

__all__ = ["Setting", "complete", "distribution", "middle"]

Setting = dict[str, Any]  # hyperparameter values, keyed by path


def complete(
    settings: Sequence[Mapping[str, Any]], spaces: Mapping[str, Space]
) -> list[Setting]:
    """Return distinct settings, each with one value per space and no other values.

    Values that are missing or outside their space are replaced by the middle of the
    space.
    """
    found: list[Setting] = []
    for one in settings:
        setting = {
            path: one[path] if path in one and one[path] in space else middle(space)
            for path, space in spaces.items()
        }
        if setting not in found:
            found.append(setting)
    return found


def distribution(space: Space) -> BaseDistribution:
    """Return the Optuna distribution of a search space."""
    if isinstance(space, Choice):
        return optuna.distributions.CategoricalDistribution(space.options)
    low, high = space.ends()
    if isinstance(space, Integer):
        return optuna.distributions.IntDistribution(low, high)
    return optuna.distributions.FloatDistribution(low, high, log=isinstance(space, Log))


def middle(space: Space) -> Any:
    """Return the middle of a range, or the first option of a choice.

    Example:
        >>> from assay.spec import Uniform
        >>> middle(Uniform(0.0, 0.5))
        0.25
    """
    if isinstance(space, Choice):
        return space.options[0]
    low, high = space.ends()
    if isinstance(space, Log):
        return (low * high) ** 0.5
    return (low + high) // 2 if isinstance(space, Integer) else (low + high) / 2
