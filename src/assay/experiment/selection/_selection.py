"""What tuning selected."""

from dataclasses import dataclass

from assay import spec
from assay.experiment.prepare._prepare import PreparedData
from assay.training import History
from assay.tuning import Trial

__all__ = ["Selection"]


@dataclass(frozen=True, eq=False)
class Selection:
    """The outcome of tuning over all kinds of network.

    Args:
        prepared: what they were tuned on.
        trials: all of them, in order.
        best: the one that was selected.
        training: the spec of the best, its values filled in.
        histories: by trial number; those of a resumed run from before it stopped too.
        notes: what decided between the kinds of network, in words.
    """

    prepared: PreparedData
    trials: tuple[Trial, ...]
    best: Trial
    training: spec.Training
    histories: dict[int, History]
    notes: tuple[str, ...]
