"""Workers that advance fits: the cores of this machine or of a cluster."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, wait
from types import TracebackType
from typing import Any, TypeVar

from assay import spec
from assay.training._devices import num_threads
from assay.training.fit._fit import Fit
from assay.training.fit._training_data import TrainingData
from assay.training.fit._vectorized import call_together

__all__ = ["Workers", "wait_for"]

_WAIT_SECONDS = 0.2  # interval between checks for Ctrl-C

Item = TypeVar("Item")
Result = TypeVar("Result")


class Workers:
    """Runs fits on the cores of this machine. Subclasses use other machines.

    All fits in a run go through these methods, and the results must not depend on the
    subclass.

    Args:
        devices: number of devices per fit, or "all".
    """

    remote = False
    """Whether fits run outside this process."""

    def __init__(self, devices: int | str = "all") -> None:
        self._devices = devices

    @property
    def count(self) -> int:
        """Number of fits that advance at the same time."""
        return num_threads(self._devices)

    @property
    def description(self) -> str:
        """A note about the workers for the user. May be empty."""
        return ""

    def call_seconds(self, state_bytes: int) -> float:
        """Return the shortest acceptable duration of a call, given its fixed costs.

        Args:
            state_bytes: size of the state of a fit.
        """
        return 0.0

    def prepare(self, fit: Fit) -> None:
        """Compile a fit's program in the process that will run it."""
        fit.compile()

    def advance(
        self,
        fits: Sequence[Fit],
        iteration: int,
        *,
        size: int | None = None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> float:
        """Advance fits and return the duration in seconds.

        Args:
            fits: one fit, or the fits in a stack; see `advance_together`.
            iteration: iteration at which to stop. A stack may pause earlier.
            size: number of fits for which the stacked program is compiled; None for a
                single fit.
            stopped: function that returns whether to cancel the call. In that case, the
                fits remain unchanged.
        """
        started = time.monotonic()
        if size is None:
            fits[0].advance(iterations=iteration - fits[0].iteration)
        else:
            call_together(fits, iteration, size=size)
        return time.monotonic() - started

    def map(
        self,
        function: Callable[[TrainingData, spec.Training, Item], Result],
        training_data: TrainingData,
        training: spec.Training,
        items: Iterable[Item],
    ) -> Iterator[Result]:
        """Call a function for each item and yield the results in order.

        On this machine, items are processed one at a time so that each can be timed.

        Args:
            function: top-level function of a module. It must return plain data.
            training_data: first argument of the function.
            training: second argument of the function.
            items: third arguments, as plain data.
        """
        for item in items:
            yield function(training_data, training, item)

    def close(self) -> None:
        """Release the workers."""

    def __enter__(self) -> "Workers":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> Any:
        self.close()


def wait_for(job: Future[Result]) -> Result:
    """Return the result of a job. Ctrl-C interrupts the wait."""
    # Without a timeout, Ctrl-C may not interrupt a wait; on Windows it never does.
    while not wait([job], timeout=_WAIT_SECONDS).done:
        pass
    return job.result()
