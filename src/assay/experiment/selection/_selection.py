"""The result of tuning and selection."""

from dataclasses import dataclass
from itertools import cycle, islice
from typing import NamedTuple

from assay import spec
from assay.experiment.prepare._prepare import PreparedData
from assay.training import History
from assay.tuning import Trial

__all__ = ["Selection", "Setting"]


class Setting(NamedTuple):
    """The setting used to train a member of the final model.

    Args:
        trial: trial of the setting, which determines the number of updates.
        training: training spec with the values of the trial.
    """

    trial: Trial
    training: spec.Training


@dataclass(frozen=True, eq=False)
class Selection:
    """The result of tuning all kinds of network.

    Args:
        prepared: prepared data used to tune the networks.
        trials: all trials, in order.
        best: the selected trial.
        training: training spec with the values of the selected trial.
        members: number of networks that the final model averages.
        histories: training histories, keyed by trial number, including trials from
            before a run was resumed.
        notes: sentences that explain why this kind of network was selected.
        others: the next best settings for this kind of network. The members cycle
            through the selected setting and these settings.
    """

    prepared: PreparedData
    trials: tuple[Trial, ...]
    best: Trial
    training: spec.Training
    members: int
    histories: dict[int, History]
    notes: tuple[str, ...]
    others: tuple[Setting, ...] = ()

    @property
    def member_settings(self) -> tuple[Setting, ...]:
        """The setting of each member. The first member has the selected setting."""
        settings = Setting(self.best, self.training), *self.others
        return tuple(islice(cycle(settings), self.members))
