"""The result of tuning and selection."""

from dataclasses import dataclass

from assay import spec
from assay.experiment.prepare._prepare import PreparedData
from assay.training import History
from assay.tuning import Trial

__all__ = ["Selection"]


@dataclass(frozen=True, eq=False)
class Selection:
    """The result of tuning all kinds of network.

    Args:
        prepared: prepared data used to tune the networks.
        trials: all trials, in order.
        best: the selected trial.
        training: training spec with the values of the selected trial.
        members: number of networks with these values that the final model averages.
        histories: training histories by trial number, including trials from before a
            run was resumed.
        notes: sentences that explain the selected kind of network.
    """

    prepared: PreparedData
    trials: tuple[Trial, ...]
    best: Trial
    training: spec.Training
    members: int
    histories: dict[int, History]
    notes: tuple[str, ...]
