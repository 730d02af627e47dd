"""An experiment as a user writes it in Python: a spec that can be run."""

from pathlib import Path
from typing import Any

from assay import spec
from assay.experiment._observer import Observer
from assay.experiment._protocol import run_protocol
from assay.experiment._run import Run

__all__ = ["Experiment", "asked_for", "train"]


class Experiment(spec.Experiment):
    """The protocol on one data set: split, tune on val, refit, open the test part.

    As `assay.spec.Experiment`, but `data` may also be a frame, (X, y) arrays, a data
    set or an object with source[i], which gives one example; and it can be run.

    Example:
        >>> run = Experiment(data="iris", tune=spec.Tune(num_trials=1)).run(runs=None)
        >>> run.test.num_examples
        23
    """

    data: Any = ""

    def run(
        self,
        *,
        out: str | Path | None = None,
        runs: str | Path | None = "runs",
        resume: bool = False,
        observer: Observer | None = None,
    ) -> Run:
        """Run the whole protocol and return what came of it.

        Args:
            out: the run's own folder; by default the next free one under `runs`.
            runs: folder of all runs; None for a temporary one, which is gone when
                Python ends.
            resume: whether `out` holds a run to go on with.
            observer: is told how the run goes on.

        Raises:
            InputError: the data or the spec is wrong; all faults at once.
            Interrupted: it was stopped; the folder can be resumed.
        """
        return run_protocol(
            self, (out, runs), resume=resume, observer=observer or Observer()
        )


def train(
    data: Any,
    *,
    target: str | None = None,
    trials: int | None = None,
    time_seconds: float | None = None,
    out: str | Path | None = None,
    runs: str | Path | None = "runs",
    **asked: Any,
) -> Run:
    """Train a network by the book and say what it is worth, in one call.

    Args:
        data: a file, the name of a built-in set, a frame, (X, y) arrays, or an object
            with len(source) and source[i], which is (inputs, target).
        target: the column to predict.
        trials: how many settings of the hyper-parameters are tried.
        time_seconds: how long they may take.
        out: the run's own folder; by default the next free one under `runs`.
        runs: folder of all runs; None for a temporary one.
        **asked: any other field of `Experiment`, such as seed=3.

    Raises:
        InputError: the data or the spec is wrong; all faults at once.

    Example:
        >>> run = train("wine", trials=2, runs=None)
        >>> run.summary["split"]["train"]
        124
    """
    how = {"trials": trials, "time_seconds": time_seconds}
    experiment = asked_for(data, target, asked, **how)
    return experiment.run(out=out, runs=runs)


def asked_for(
    data: Any,
    target: str | None,
    asked: dict[str, Any],
    *,
    trials: int | None,
    time_seconds: float | None,
) -> Experiment:
    """Return the experiment that the arguments of a call in Python ask for."""
    given = asked.get("tune", {})
    tune = given.model_dump() if isinstance(given, spec.Tune) else dict(given)
    if trials is not None:
        tune["num_trials"] = trials
    if time_seconds is not None:
        tune["time_seconds"] = time_seconds
    return Experiment(data=data, target=target, **(asked | {"tune": tune}))
