"""The time limit of a run, as it applies to the search and to cross-validation."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assay.experiment.selection._reserved_seconds import fold_seconds
from assay.tuning import Clock, Search, Trial

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
        num_workers: number of fits that run in parallel.
    """

    ends: float
    seconds: float
    reserve: Callable[..., float]
    now: Callable[[], float]
    num_workers: int = 1

    @property
    def is_set(self) -> bool:
        """Whether the duration is limited."""
        return not math.isinf(self.ends)

    @property
    def shortest(self) -> float:
        """Estimated duration of the run if it trains a single network briefly.

        The estimate is complete only after the first kind of network is compiled.
        """
        elapsed = self.seconds - (self.ends - self.now())
        return elapsed + self.reserve([], [0.0], 0.0)

    @property
    def is_too_short(self) -> bool:
        """Whether not even a single network can be trained and tested in time."""
        return self.is_set and self.shortest > (1 + _LENIENT) * self.seconds

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

    def allows_finalist(
        self, trial: Trial, best: Trial, done: Search, seconds: float
    ) -> bool:
        """Return whether enough time is left to cross-validate another setting.

        Args:
            trial: trial of the setting, which may win and then be trained again.
            best: trial of the best setting so far.
            done: search that includes both trials.
            seconds: minimum duration of the cross-validation.
        """
        after = (
            self.left([replace(done, trials=(each,))], with_folds=False)
            for each in (trial, best)
        )
        on_folds = fold_seconds(trial.seconds_again, self.num_workers)
        return min(after) > max(on_folds, seconds)

    def members(self, done: Search) -> int:
        """Return how many members of the selected kind can be trained in time."""
        members = done.candidate.members
        while members > 1 and self.is_set:
            fewer = replace(done, candidate=replace(done.candidate, members=members))
            if self._allows(self.reserve([fewer], [], 0.0, with_folds=False)):
                break
            members -= 1
        return members

    def clock(self, searches: Sequence[Search], rest: float) -> Clock:
        """Return the clock of a search that follows other searches.

        If too little time is left to cross-validate the trials that have ended, the
        clock reserves no time for cross-validation, so the search can use this time.

        Args:
            searches: earlier searches.
            rest: fraction of the remaining time that is left for later searches.
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
