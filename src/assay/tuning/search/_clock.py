"""The clock that limits the duration of a search."""

import math
import threading
import time
from collections.abc import Callable, Sequence

from assay.tuning.search._choice import ranked
from assay.tuning.search._trial import Trial

__all__ = ["Clock"]

_LONGER = 1.05  # increase in duration that triggers a new estimate of the reserved time


class Clock:
    """The time limit of a search, with time reserved for later steps.

    Args:
        ends: end time on the monotonic clock; infinite for no limit.
        reserve: function that maps the durations of the trials so far, best first, to
            the seconds to reserve. Each duration estimates how long retraining would
            take. Trials that cannot be selected are excluded, because pruned trials are
            short. Before the first trial ends, the function receives the time since
            that trial began.
        now: function that returns the current time. Its clock may pause.
    """

    def __init__(
        self,
        ends: float = math.inf,
        reserve: Callable[[Sequence[float]], float] = lambda seconds: 0.0,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._now = now
        self._ends = ends
        self._reserve = reserve
        self._stopped = threading.Event()
        self.epoch_seconds = 0.0
        """Duration of an epoch in the slowest running trial; 0 if unknown."""
        self.score: float | None = None
        """Val score of the best finished trial; None before the first trial ends."""
        self.ended: list[float] = []
        """Durations of the trials that have ended, best first."""
        self._began: float | None = None
        self._reserved: float | None = None
        self._counted = 0.0  # duration of the running trial that `_reserved` assumes

    def begin(self) -> None:
        """Start timing the first trial once its program is compiled."""
        self._began = self._began or self._now()

    def update(self, trials: Sequence[Trial], *, maximize: bool) -> None:
        """Update the durations of the trials so far."""
        sound = [trial for trial in trials if trial.sound]
        order = ranked(sound, maximize=maximize) if sound else trials
        self.ended = [trial.seconds_again for trial in order]
        self.score = order[0].val_score if sound else None
        self._reserved, self._counted = None, 0.0

    def stop(self) -> None:
        """End the search immediately."""
        self._stopped.set()

    def has_time(self, running: float = 0.0) -> bool:
        """Return whether any time is left.

        Args:
            running: elapsed time of the trial that has been running longest, which may
                become the best one.
        """
        if self._stopped.is_set() or math.isinf(self._ends):
            return not self._stopped.is_set()
        now = self._now()
        seconds = self.ended or [now - (self._began or now)]
        running = max(running, seconds[0])
        # reuse the estimate, because computing it takes longer than a short program
        # call
        if self._reserved is None or running > _LONGER * self._counted:
            changed = [running, *seconds] if running > seconds[0] else seconds
            self._reserved, self._counted = self._reserve(changed), running
        return now + self._reserved < self._ends
