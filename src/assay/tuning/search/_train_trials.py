"""Runs the trials in a group, either in parallel on the cores or as a stack."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future

import jax

from assay.training import (
    Fit,
    Workers,
    advance_together,
    can_advance_together,
    wait_for,
)
from assay.tuning.search._trial import Running

__all__ = ["GroupTrainer", "stacks_trials"]


def stacks_trials(together: str) -> bool:
    """Return whether the trials in a group are stacked in one program.

    Stacking pays off if a single fit leaves the device partly idle, as on a GPU. On a
    CPU, training in parallel on the cores is faster for all but the smallest networks,
    and the stacked program takes longer to compile. The choice depends only on the
    device, not on timing, so results are reproducible bit for bit with the same seed.

    Args:
        together: "auto", "stacked" or "apart".
    """
    on_cpu = jax.default_backend() == "cpu"
    return together == "stacked" or (together == "auto" and not on_cpu)


class GroupTrainer:
    """Runs the trials in a group, either separately or stacked in one program.

    Args:
        pool: executor with one thread per core.
        together: "auto", "stacked" or "apart".
        size: number of fits for which the stacked program is compiled.
        has_time: function called before each program call. Training pauses when
            it returns False.
        workers: workers that advance the fits.
    """

    def __init__(
        self,
        pool: Executor,
        together: str,
        *,
        size: int,
        has_time: Callable[[], bool],
        workers: Workers,
    ) -> None:
        self._pool = pool
        self._workers = workers
        self.stacks = stacks_trials(together)
        self._size = size
        self._has_time = has_time

    def run(self, trials: Sequence[Running], until: Sequence[int | None]) -> None:
        """Run each trial up to its epoch in `until`; None runs it to completion."""
        waiting = list(zip(trials, until, strict=True))
        jobs: list[Future[None]] = []
        while waiting:
            first, epoch = waiting[0]
            members = [
                (trial, end)
                for trial, end in waiting
                if end == epoch and can_advance_together([first.fit, trial.fit])
            ]
            if not self.stacks or len(members) < 2:
                jobs.append(self._pool.submit(first.advance, epoch, self._has_time))
                members = waiting[:1]
            else:
                stack = [trial for trial, _ in members]
                jobs.append(self._pool.submit(self._advance_stack, stack, epoch))
            waiting = [pair for pair in waiting if pair not in members]
        for job in jobs:
            wait_for(job)

    def _advance_stack(self, members: Sequence[Running], epoch: int | None) -> None:
        """Run a stack. Trials resumed at different iterations reach `epoch` separately.

        Even a single trial runs in the stacked program, because other programs would
        round differently.
        """
        for iteration in sorted({trial.fit.iteration for trial in members}):
            behind = [trial for trial in members if trial.fit.iteration == iteration]
            self._advance(behind, epoch)

    def _advance(self, members: Sequence[Running], epoch: int | None) -> None:
        def next_goal(last: int) -> int:
            live = [trial for trial in members if not trial.fit.done]
            return min(trial.training.next_goal(last) for trial in live)

        def on_call(before: int, seconds: float) -> None:
            for trial in members:
                trial.training.record_call(before, seconds, num_fits=len(members))
                trial.training.save_if_due()

        def call(fits: Sequence[Fit], goal: int) -> float:
            return self._workers.advance(
                fits,
                goal,
                size=self._size,
                stopped=lambda: members[0].training.stopped,
            )

        advance_together(
            [trial.fit for trial in members],
            epoch,
            size=self._size,
            has_time=self._has_time,
            next_goal=next_goal,
            on_call=on_call,
            call=call,
        )
