"""The result of tuning."""

from dataclasses import dataclass

from assay import spec
from assay.experiment.prepare._prepare import PreparedData
from assay.training import History
from assay.tuning import Trial

__all__ = ["Selection"]


@dataclass(frozen=True, eq=False)
class Selection:
    """The result of tuning over all kinds of network.

    Args:
        prepared: prepared data, on which the networks were tuned.
        trials: all trials, in order.
        best: the selected trial.
        training: training spec with the values of the selected trial.
        histories: histories by trial number, including those from before a run was
            resumed.
        notes: explanation of the choice between the kinds of network.
    """

    prepared: PreparedData
    trials: tuple[Trial, ...]
    best: Trial
    training: spec.Training
    histories: dict[int, History]
    notes: tuple[str, ...]
