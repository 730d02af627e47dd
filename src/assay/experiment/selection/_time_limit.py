"""The time limit of a run, as it applies to the search and to cross-validation."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assay.tuning import Clock, Search

__all__ = ["TimeLimit"]

_LENIENT = 0.05  # fraction by which estimates may exceed the time limit


@dataclass(frozen=True, eq=False)
class TimeLimit:
    """The time limit of a run, minus the time that later stages need.

    Args:
        ends: end time as measured by `now`; infinite for no limit.
        seconds: maximum duration of the run; infinite for no limit.
        reserve: function that estimates the duration of the later stages, such as
            `seconds_after` for prepared data.
        now: function that returns the current time of a clock that may pause.
    """

    ends: float
    seconds: float
    reserve: Callable[..., float]
    now: Callable[[], float]

    @property
    def is_set(self) -> bool:
        """Whether the duration is limited."""
        return not math.isinf(self.ends)

    def left(
        self,
        searches: Sequence[Search],
        seconds: Sequence[float] = (),
        *,
        with_folds: bool = True,
    ) -> float:
        """Return the seconds left for a search that follows other searches."""
        reserved = self.reserve(searches, seconds, 0.0, with_folds=with_folds)
        return self.ends - self.now() - reserved

    def allows_folds(self, searches: Sequence[Search]) -> bool:
        """Return whether enough time is left for cross-validation."""
        return self._allows(self.reserve(searches, [], 0.0))

    def clock(self, searches: Sequence[Search], rest: float) -> Clock:
        """Return the clock of a search that follows other searches.

        If too little time is left to cross-validate the trials that have ended, the
        clock does not reserve any time for it, so the search can use this time.

        Args:
            searches: earlier searches.
            rest: fraction of the remaining time that is left to later searches.
        """
        left = max(self.left(searches), 0.0) if self.is_set else 0.0

        def reserved(seconds: Sequence[float]) -> float:
            epoch, score = clock.epoch_seconds, clock.score
            ended = self.reserve(searches, clock.ended, epoch, score=score)
            return self.reserve(
                searches, seconds, epoch, score=score, with_folds=self._allows(ended)
            )

        clock: Clock = Clock(self.ends - rest * left, reserved, self.now)
        return clock

    def _allows(self, reserved: float) -> bool:
        return reserved <= self.ends + _LENIENT * self.seconds - self.now()
