"""The registry of trackers."""

from collections.abc import Iterable
from typing import Any

from assay._errors import Faults, InputError, did_you_mean
from assay.trackers._mlflow import MLflow
from assay.trackers._tensorboard import TensorBoard
from assay.trackers._tracker import Tracker

__all__ = ["TRACKERS", "open_trackers"]

TRACKERS: dict[str, type[Tracker]] = {t.kind: t for t in (TensorBoard, MLflow)}
"""The tracker classes, keyed by name."""


def open_trackers(requested: str | Tracker | Iterable[str | Tracker]) -> list[Tracker]:
    """Create the requested trackers without starting them.

    Args:
        requested: names from `TRACKERS`, or tracker objects.

    Raises:
        InputError: a name is unknown, or a package is not installed. The message lists
            all errors.

    Example:
        >>> open_trackers("tensorbord")
        Traceback (most recent call last):
        ...
        assay._errors.InputError: 'tensorbord' is not a tracker. Use tensorboard or \
mlflow. Did you mean 'tensorboard'?
    """
    are_several = isinstance(requested, Iterable) and not isinstance(requested, str)
    several: Any = requested if are_several else [requested]
    faults, trackers = Faults(), list[Tracker]()
    for one in dict.fromkeys(several):
        if isinstance(one, Tracker):
            trackers.append(one)
        elif one not in TRACKERS:
            known, near = " or ".join(TRACKERS), did_you_mean(str(one), TRACKERS)
            faults.add(f"{one!r} is not a tracker. Use {known}.{near}")
        else:
            try:
                trackers.append(TRACKERS[one]())
            except InputError as error:
                faults.extend(error.faults)
    faults.raise_if_any()
    return trackers
