"""Watches the fits of a run and pauses them on request."""

import math
import time
from collections.abc import Callable

from assay.training.fit._fit import Fit

__all__ = ["Watcher"]


class Watcher:
    """A watcher that does nothing. Subclasses can display and pause fits.

    Fits call its methods from their own threads, before and after each program call.
    """

    call_seconds: float = math.inf
    """Maximum duration of a program call. The watcher gets the results of each call."""

    def now(self) -> float:
        """Return the time in seconds. The clock stops while the run is paused."""
        return time.monotonic()

    def allow(
        self, name: str, fit: Fit, goal: int, *, stopped: Callable[[], bool]
    ) -> int:
        """Wait until the fit may continue, and return the iteration to stop at.

        A fit that is stopped while waiting does not advance.

        Args:
            name: name of the fit within the run.
            fit: fit in its current state.
            goal: iteration at which to stop unless the run is paused earlier.
            stopped: function that returns whether the fit must stop waiting.

        Raises:
            KeyboardInterrupt: the run must stop.
        """
        return goal

    def advanced(self, name: str, fit: Fit) -> None:
        """Called after each program call."""
