"""Starts, runs and prunes groups of trials in parallel."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from assay import spec
from assay.training import Checkpoints, Fitted, History, TrainingData, wait_for
from assay.tuning.search._clock import Clock
from assay.tuning.search._halving import SHARES, promoted, rungs
from assay.tuning.search._study import Proposal
from assay.tuning.search._train_trials import GroupTrainer
from assay.tuning.search._trial import Running, Trial

__all__ = ["Candidate", "Groups"]

_WORTH_HALVING = 1e9  # examples x parameters, equivalent to about 0.1 s of training

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Candidate:
    """A kind of network to try and its search space.

    Args:
        name: name such as "linear" or "mlp".
        training: training spec, which may contain search spaces. Without search spaces,
            the search has only one trial.
        num_trials: number of settings to try.
        members: number of networks that the final model averages.
        settings: settings to try first, in this order; each contains hyperparameter
            values, keyed by path. Values that are missing or outside their search space
            are replaced by the middle of the space; values of other hyperparameters are
            ignored.
        num_settings: number of the best settings among which the members alternate.
    """

    name: str
    training: spec.Training
    num_trials: int
    members: int = 1
    settings: tuple[Mapping[str, Any], ...] = ()
    num_settings: int = 1


class Groups:
    """Runs the groups of trials in a search.

    Args:
        candidate: kind of network.
        training_data: prepared training and validation sets.
        tune: settings for running and pruning the trials.
        seed: seed of every fit.
        clock: time limit.
        checkpoints: folder to which running trials are saved.
    """

    def __init__(
        self,
        candidate: Candidate,
        training_data: TrainingData,
        tune: spec.Tune,
        *,
        seed: int,
        clock: Clock,
        checkpoints: Checkpoints,
    ) -> None:
        self.maximize = training_data.num_classes > 1
        self._compares = candidate.num_trials > 1 and bool(candidate.training.spaces())
        self._num_settings = candidate.num_settings
        self._training, self._training_data = candidate.training, training_data
        self._tune, self._seed, self._clock = tune, seed, clock
        self._checkpoints = checkpoints
        self._running: list[Running] = []
        self._workers = checkpoints.workers
        self._pool = ThreadPoolExecutor(self._workers.count)
        self._trainer = GroupTrainer(
            self._pool,
            tune.together,
            size=tune.group_size,
            has_time=self._has_time,
            workers=self._workers,
        )

    def train(
        self, proposals: Sequence[Proposal], trials: Sequence[Trial]
    ) -> Iterator[tuple[Trial | None, History]]:
        """Run a group and yield the results in order.

        The result of a trial that did not complete an epoch is None.

        Args:
            proposals: proposals of the group.
            trials: trials reported so far.
        """
        self._running = running = list(_in_order(self._pool, self._start, proposals))
        self._clock.begin()
        if running and self._compares and self._halves(running[0]):
            self._halve(running, [trial.rungs for trial in trials])
        if self._trainer.stacks:
            kept = [trial for trial in running if not trial.pruned]
            self._trainer.run(kept, [None] * len(kept))
        # A search completes at least one trial, even if its time has run out.
        first = running[0] if running and not trials else None
        yield from _in_order(self._pool, partial(self._finish, first=first), running)

    def fitted(self, number: int) -> Fitted | None:
        """Return a trial's parameters if retraining would reproduce them exactly.

        Retraining gives different parameters if trials are stacked, because stacking
        changes the rounding, or if the schedule depends on the val cost, because the
        refit has no validation set.
        """
        if self._trainer.stacks:
            return None
        found = [trial.fit for trial in self._running if trial.number == number]
        watches = any(fit.program.static.watches_plateau for fit in found)
        return found[0].result() if found and not watches else None

    def remove_checkpoints(self) -> None:
        """Delete the checkpoints of a group after its results have been stored."""
        for trial in self._running:
            self._checkpoints.remove(_checkpoint_name(trial.number))
        self._running = []

    def close(self) -> None:
        """Stop the running trials and save them if the search was interrupted."""
        self._clock.stop()
        self._pool.shutdown(cancel_futures=True)
        for trial in self._running:
            if trial.training.stopped:
                trial.training.save()

    def _has_time(self) -> bool:
        """Return whether any time is left, given the pace of the running trials."""
        paces = [trial.pace for trial in self._running]
        self._clock.epoch_seconds = max(paces, default=0.0)
        longest = max((each.training.seconds for each in self._running), default=0.0)
        return self._clock.has_time(longest)

    def _start(self, proposal: Proposal) -> Running:
        number, values = proposal
        training = self._training.with_values(values)
        fit = self._training_data.fit(training, seed=self._seed)
        self._workers.prepare(fit)
        name = _checkpoint_name(number)
        resumable = self._checkpoints.resumable(name, fit, training)
        return Running(number, values, resumable, self.maximize)

    def _halves(self, trial: Running) -> bool:
        """Return whether to prune. Pruning short trials is not worth the risk."""
        if self._tune.pruner != "auto":
            return self._tune.pruner == "halving"
        if self._num_settings > 1:
            return False  # the members need several fully trained settings
        program = trial.fit.program
        num_examples = trial.fit.num_iterations * program.batch_size
        return num_examples * program.network.num_parameters >= _WORTH_HALVING

    def _halve(
        self, running: Sequence[Running], judged: Sequence[Sequence[float]]
    ) -> None:
        """Run a group up to its last rung, keeping the best third at each rung.

        Args:
            running: trials of the group.
            judged: scores of each earlier trial at the rungs that it reached.
        """
        sign = -1 if self.maximize else 1
        for rung in range(len(SHARES)):
            alive = [trial for trial in running if not trial.pruned]
            if not alive:
                return
            epochs = [rungs(trial.num_epochs)[rung] for trial in alive]
            self._trainer.run(alive, epochs)
            if not self._has_time():  # interrupted trials cannot be compared
                return
            judged_at = zip(alive, epochs, strict=True)
            losses = [sign * trial.judge(epoch) for trial, epoch in judged_at]
            earlier = [sign * scores[rung] for scores in judged if len(scores) > rung]
            for trial, kept in zip(alive, promoted(losses, earlier), strict=True):
                trial.pruned = not kept and not trial.fit.done

    def _finish(
        self, running: Running, *, first: Running | None
    ) -> tuple[Trial | None, History]:
        """Run to completion if time allows. `first` completes at least one epoch."""
        if not running.pruned:
            running.advance(has_time=self._has_time)
        if running is first and not running.fit.epoch:
            running.advance(1)
        trial = running.trial() if running.fit.epoch else None
        return trial, running.fit.history


def _checkpoint_name(number: int) -> str:
    """Return the name of a trial's checkpoint."""
    return f"trial-{number}"


def _in_order(
    pool: Executor, work: Callable[[Item], Result], items: Sequence[Item]
) -> Iterator[Result]:
    """Process items in parallel and yield their results in the same order."""
    for job in [pool.submit(work, item) for item in items]:
        yield wait_for(job)
