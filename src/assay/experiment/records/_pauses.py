"""Pauses, steps and stops the fits of a run."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from assay.training import Fit

__all__ = ["Pauses"]

_WAIT_SECONDS = 0.2  # interval at which a waiting fit checks whether to stop


@dataclass
class _Steps:
    """The steps of a fit during a pause.

    Args:
        made: number of requested steps that the fit has started.
        until: iteration at which the current step ends.
        waits: whether the fit is waiting for the next step.
    """

    made: int
    until: int = 0
    waits: bool = False


class Pauses:
    """Pauses the fits of a run between calls to the compiled program.

    The clock of the run stops during a pause.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._requested: list[str] = []  # all steps requested so far
        self._fits: dict[str, _Steps] = {}
        self._stops = False
        self._paused_at: float | None = None
        self._paused_seconds = 0.0  # total duration of earlier pauses

    def obey(self, action: str) -> None:
        """Carry out a control command, one of `records.CONTROLS`."""
        with self._changed:
            if action == "stop":
                self._stops = True
            elif action == "resume":
                if self._paused_at is not None:
                    self._paused_seconds += time.monotonic() - self._paused_at
                self._paused_at = None
            elif self._paused_at is None:
                self._paused_at = time.monotonic()
            if action.startswith("step_"):
                self._requested.append(action)
            self._changed.notify_all()

    def now(self) -> float:
        """Return the time in seconds, excluding pauses."""
        with self._changed:
            paused_at = self._paused_at
            now = time.monotonic() if paused_at is None else paused_at
            return now - self._paused_seconds

    def add(self, name: str) -> None:
        """Add a fit, which performs only steps that are requested from now on."""
        self._fits[name] = _Steps(len(self._requested))

    def allow(
        self,
        name: str,
        fit: Fit,
        goal: int,
        *,
        stopped: Callable[[], bool],
        on_wait: Callable[[], None],
    ) -> int:
        """Wait until a fit may continue, and return the iteration to stop at.

        Args:
            name: name of the fit within the run.
            fit: fit in its current state.
            goal: iteration at which to stop unless the run is paused earlier.
            stopped: function that returns whether the fit must stop waiting.
            on_wait: function called before the fit waits.

        Raises:
            KeyboardInterrupt: the run must stop.
        """
        steps = self._fits[name]
        with self._changed:
            while self._paused_at is not None and not self._stops and not stopped():
                if fit.iteration >= steps.until and steps.made < len(self._requested):
                    steps.until = _end_of(self._requested[steps.made], fit)
                    steps.made += 1
                if fit.iteration < steps.until:
                    steps.waits = False
                    return min(goal, steps.until)
                if not steps.waits:
                    steps.waits = True
                    on_wait()
                self._changed.wait(_WAIT_SECONDS)
            was_waiting, steps.waits = steps.waits, False
            if self._stops:
                raise KeyboardInterrupt
            return fit.iteration if was_waiting and stopped() else goal


def _end_of(step: str, fit: Fit) -> int:
    """Return the iteration at which a step of a fit ends."""
    if step == "step_iteration":
        return fit.iteration + 1
    return (fit.epoch + 1) * fit.iterations_per_epoch
