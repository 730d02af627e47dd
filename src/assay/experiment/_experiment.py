"""The experiment class of the Python API: a spec with a method that runs it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from assay import spec
from assay._calls import (
    ExplainsNames,
    check_call,
    check_paths,
    explains_arguments,
    holds_arrays,
    takes_one_source,
)
from assay.cluster import open_workers
from assay.experiment._events import Events, Observer
from assay.experiment._notebook import notebook_observer
from assay.experiment._protocol import run_protocol
from assay.experiment._run import Run
from assay.experiment.records._other_hosts import check_time, own_folder
from assay.experiment.records._recorder import RunRecorder
from assay.trackers import Session, Tracker, open_trackers
from assay.training import check_process, is_first_host

__all__ = ["Experiment", "experiment_for", "train"]


class Experiment(ExplainsNames, spec.Experiment):
    """An experiment with a method that runs the whole protocol.

    It has the same fields as `assay.spec.Experiment`. In addition, `data` may be a
    frame, (X, y) arrays, a data set, or an object that supports len(source) and
    source[i].

    Example:
        >>> run = Experiment(data="iris", tune=spec.Tune(num_trials=1)).run(runs=None)
        >>> run.test.num_examples
        23
    """

    data: Any = ""

    def __init__(self, **fields: Any) -> None:
        named = {"data": "", **fields}  # the data may be omitted to resume a run
        model = fields.get("model")  # also set by the first positional argument
        args = (model, model) if holds_arrays([model]) else ()
        if args or fields.keys() - type(self).model_fields.keys():
            check_call("Experiment(data={})", "data", args, named)
        super().__init__(**fields)

    @explains_arguments("experiment.run(), and all settings in assay.Experiment(...)")
    def run(
        self,
        *,
        out: str | Path | None = None,
        runs: str | Path | None = "runs",
        resume: bool = False,
        observer: Observer | None = None,
        track: str | Tracker | Iterable[str | Tracker] = (),
        on: str | None = None,
        study: str | Path | None = None,
    ) -> Run:
        """Run the whole protocol and return the finished run.

        If several hosts share the training, each of them must call this method. The
        first host writes the run. The others write to temporary folders.

        Args:
            out: folder for this run; by default, the next unused name under `runs`.
            runs: folder of all runs; None for a folder in the system's temporary
                folder.
            resume: whether to resume the run in `out`.
            observer: observer that is notified of progress; by default, a notebook
                shows progress bars.
            track: trackers that receive the measurements and the result: "tensorboard",
                "mlflow", or objects from `assay.trackers`.
            on: where to train: "ray" or "ray://HOST:PORT" for a Ray cluster; None for
                this machine. The choice does not affect the result.
            study: storage for the trials: a SQLite file, or the address of a PostgreSQL
                server, "postgresql://USER@HOST/NAME"; None for the folder of the run.
                Runs with the same study share its trials.

        Raises:
            InputError: the data or the spec is invalid, or the package for a tracker or
                a cluster is not installed. The message lists all errors.
            Interrupted: the user stopped the run, which can be resumed.
            AssayError: this process was forked after its parent trained or predicted.
        """
        check_process()
        check_paths(out=out, runs=runs, study=study)
        check_time(self)
        out = own_folder(out, resume=resume)
        if not is_first_host():
            runs, observer, track = None, Observer(), ()
        session = Session(open_trackers(track))
        with open_workers(on, self.devices) as workers:
            recorder = RunRecorder(
                self,
                out=out,
                runs=runs,
                resume=resume,
                session=session,
                workers=workers,
                study=study,
            )
            experiment = recorder.experiment
            # these two fields may be changed when the run is resumed
            if self.open_anyway:
                experiment = experiment.model_copy(update={"open_anyway": True})
            if "devices" in self.model_fields_set:
                experiment = experiment.model_copy(update={"devices": self.devices})
            observer = observer or notebook_observer() or Observer()
            if recorder.finished:
                observer.note("The run had already finished.")
            else:
                with recorder:
                    events = Events(recorder, observer)
                    events.notes(filter(None, [workers.description]))
                    events.notes(recorder.notes)
                    run_protocol(experiment, events)
        network = experiment.own
        return Run(recorder.folder, None if network is None else network.factory)


@takes_one_source("data")
def train(
    data: Any,
    *,
    target: str | None = None,
    trials: int | None = None,
    time_seconds: float | None = None,
    out: str | Path | None = None,
    runs: str | Path | None = "runs",
    track: str | Tracker | Iterable[str | Tracker] = (),
    on: str | None = None,
    study: str | Path | None = None,
    **fields: Any,
) -> Run:
    """Train a network and evaluate it on a sealed test set, in one call.

    Args:
        data: a file or its URL, the name of a built-in data set, a frame, (X, y)
            arrays, or an object that supports len(source) and source[i], which returns
            (inputs, target).
        target: the column to predict.
        trials: number of hyperparameter settings to try.
        time_seconds: time limit for the whole run, including refit and test.
        out: folder for this run; by default, the next unused name under `runs`.
        runs: folder of all runs; None for a folder in the system's temporary folder.
        track: trackers that receive the measurements and the result: "tensorboard",
            "mlflow", or objects from `assay.trackers`.
        on: where to train: "ray" or "ray://HOST:PORT" for a Ray cluster; None for this
            machine. The choice does not affect the result.
        study: storage for the trials: a SQLite file, or the address of a PostgreSQL
            server, "postgresql://USER@HOST/NAME"; None for the folder of the run.
            Runs with the same study share its trials.
        **fields: any other field of `Experiment`, such as seed=3.

    Raises:
        InputError: the data or the spec is invalid. The message lists all errors.

    Example:
        >>> run = train("wine", trials=2, runs=None)
        >>> run.summary["split"]["train"]
        124
    """
    experiment = experiment_for(
        data, target, fields, trials=trials, time_seconds=time_seconds
    )
    return experiment.run(out=out, runs=runs, track=track, on=on, study=study)


def experiment_for(
    data: Any,
    target: str | None,
    fields: dict[str, Any],
    *,
    trials: int | None,
    time_seconds: float | None,
) -> Experiment:
    """Return the experiment described by the arguments of a Python call."""
    tune = fields.get("tune", {})
    tune = tune.model_dump() if isinstance(tune, spec.Tune) else dict(tune)
    if trials is not None:
        tune["num_trials"] = trials
    if time_seconds is not None:
        tune["time_seconds"] = time_seconds
    return Experiment(data=data, target=target, **(fields | {"tune": tune}))
