"""How the trials of a group are trained: side by side on the cores, or stacked."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import Any

import jax

from assay.training import advance_together, can_go_together
from assay.tuning.search._trial import Running

__all__ = ["Advancing"]


class Advancing:
    """Trains a group, with or without its members in one program.

    Stacking pays where one training leaves the device idle, which is so on a GPU. On
    a CPU trials side by side on the cores are faster for all but the smallest nets,
    and the stacked program takes longer to compile. The rule looks at the device
    alone and never at a clock, so that a seed gives the same bits again.

    Args:
        pool: with a thread for each core.
        together: "auto", "stacked" or "apart".
        size: members that the stacked program is compiled for.
        goes_on: asked between calls of the program.
    """

    def __init__(
        self,
        pool: Executor,
        together: str,
        *,
        size: int,
        goes_on: Callable[[], bool],
    ) -> None:
        self._pool = pool
        stacks = jax.default_backend() != "cpu" if together == "auto" else None
        self.stacks = together == "stacked" if stacks is None else stacks
        self._size = size
        self._goes_on = goes_on

    def run(self, running: Sequence[Running], until: Sequence[int | None]) -> None:
        """Train each until its epoch is complete; None stands for the end."""
        pairs = list(zip(running, until, strict=True))
        jobs: list[Any] = []
        while pairs:
            first, epoch = pairs[0]
            members = [
                (trial, end)
                for trial, end in pairs
                if end == epoch and can_go_together([first.fit, trial.fit])
            ]
            if not self.stacks or len(members) < 2:
                members = pairs[:1]
            pairs = [pair for pair in pairs if pair not in members]
            trials = [trial for trial, _ in members]
            jobs.append(self._pool.submit(self._advance, trials, epoch))
        for job in jobs:
            job.result()

    def _advance(self, members: Sequence[Running], epoch: int | None) -> None:
        if len(members) == 1:
            members[0].advance(epoch, self._goes_on)
            return
        started = time.monotonic()
        fits = [trial.fit for trial in members]
        advance_together(fits, epoch, size=self._size, goes_on=self._goes_on)
        for trial in members:
            trial.seconds += (time.monotonic() - started) / len(members)
