"""Writes all files of a run."""

import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from assay import spec
from assay._errors import Interrupted, WriteError
from assay._version import __version__
from assay.data import Dataset, Split
from assay.experiment._events import Recorder
from assay.experiment._final_test import FinalTest
from assay.experiment._refit import Refitted
from assay.experiment.prepare._load import LoadedData
from assay.experiment.prepare._prepare import PreparedData
from assay.experiment.records._failed_writes import failed_write, removed_folder
from assay.experiment.records._finish import (
    CHECKPOINTS,
    complete,
    remove_temporary,
    report_if_possible,
)
from assay.experiment.records._live_run import LiveRun
from assay.experiment.records._other_hosts import check_shared
from assay.experiment.records._resume_run import (
    check_same_data,
    check_same_source_run,
    check_study,
    folder_to_resume,
    opening_note,
    read_experiment,
    resume_command,
    study_note,
)
from assay.experiment.records._write import (
    plain_experiment,
    write_experiment,
    write_prepared,
    write_refitted,
    write_tested,
)
from assay.records import (
    CONTROL,
    EVENTS,
    Ledger,
    RunFolder,
    RunLock,
    Seal,
    Summary,
)
from assay.trackers import Session
from assay.training import Checkpoints, Workers
from assay.tuning import Storage, check_place, open_storage

__all__ = ["RunRecorder"]


class RunRecorder(Recorder):
    """Writes a run to a new folder, or resumes the run in an existing one.

    A new folder is created only after the data are prepared, so invalid input leaves no
    files behind. Until then, events are kept in memory. Use the recorder as a context
    manager. If Ctrl-C or a failed write stops a run that has a folder, the error
    message shows how to resume the run. The folder is locked until the context ends, so
    a run has only one writer.

    Args:
        experiment: experiment as the user wrote it.
        out: folder for this run; None for the next unused name under `runs`.
        runs: folder of all runs; None for a temporary folder.
        resume: whether to resume the run in `out`.
        session: the trackers of the run.
        workers: workers that run the fits; by default, the cores of this machine.
        study: file or address of a study that runs share; None for a study in the
            folder.

    Raises:
        InputError: the run to resume needs data, a network or a shared study that was
            not passed, or another process is writing to the folder.
        RunError: the folder contains no run to resume.
    """

    def __init__(
        self,
        experiment: spec.Experiment,
        *,
        out: str | Path | None = None,
        runs: str | Path | None = None,
        resume: bool = False,
        session: Session | None = None,
        workers: Workers | None = None,
        study: str | Path | None = None,
    ) -> None:
        check_place(study)
        self._session = session or Session()
        self._workers = workers
        self._study = study
        self.experiment = experiment
        self._out, self._runs = out, runs
        self._folder = folder_to_resume(out) if resume else None
        self._waiting: list[tuple[str, dict[str, Any]]] = []
        self._writing = False
        self._lock: RunLock | None = None
        self._live: LiveRun | None = None
        if self.finished:
            complete(self.folder)
        elif self._folder is not None:
            self._lock = self._folder.lock()
            try:
                # another process may have finished the run before releasing the lock
                if not self.finished:
                    check_study(self._folder, study)
                    self.experiment = read_experiment(self._folder, experiment)
                    # the commands were meant for the process that stopped
                    self._folder.path_of(CONTROL).unlink(missing_ok=True)
            except BaseException:
                self._lock.release()
                raise

    @property
    def folder(self) -> RunFolder:
        """The folder of the run, which is created after the data are prepared."""
        if self._folder is None:
            raise RuntimeError("the folder is created after the data are prepared")
        return self._folder

    @property
    def name(self) -> str:
        """The name of the run."""
        return self.folder.name

    @property
    def finished(self) -> bool:
        """Whether the run to resume already has a result."""
        return self._folder is not None and self._folder.exists("run.json")

    @property
    def notes(self) -> list[str]:
        """Notes for the user about the run to resume."""
        if self._folder is None or self.finished:
            return []
        return [note for note in [opening_note(self._folder)] if note]

    def event(self, kind: str, **fields: Any) -> None:
        """Write an event, or keep it in memory until the folder exists."""
        if self._writing:
            event = EVENTS[kind](**fields)
            self.folder.append(event)
            self.live(**event.to_json())
        else:
            self._waiting.append((kind, fields))

    def live(self, kind: str, **fields: Any) -> None:
        """Add a record to the live log of the run."""
        if self._live is not None:
            self._live.show(kind, **fields)

    def result(self, result: object) -> None:
        """Write the records of a finished stage."""
        match result:
            case LoadedData():
                check_shared(self.experiment, result)
                self._check_same(result)
            case PreparedData():
                self._start_writing(result)
                write_prepared(self.folder, result)
            case Refitted():
                result.model.save(self.folder)
                write_refitted(self.folder, result)
            case FinalTest():
                write_tested(self.folder, result)
            case _:  # trials are stored in the study
                pass

    def finish(self, summary: Summary) -> None:
        """Write `run.json`, which completes the run, and then the report."""
        self.folder.write_summary(summary)
        if self._live is not None:
            self._live.close("finished")
        self._session.finish(summary)
        remove_temporary(self.folder)
        report_if_possible(self.folder)

    def _check_same(self, loaded: LoadedData) -> None:
        if self._folder is None:
            return
        check_same_data(self._folder, loaded.dataset)
        if loaded.start is not None:
            check_same_source_run(self._folder, loaded.start.source_run)

    def _start_writing(self, prepared: PreparedData) -> None:
        """Create the folder of a new run and write the events kept in memory."""
        resumed = self._folder is not None
        if self._folder is None:
            self._folder = self._new_folder(prepared.data.dataset.name)
            write_experiment(self._folder, self.experiment)
        self._writing = True
        session = self._session
        session.start(self.name, self._folder.path, plain_experiment(self.experiment))
        self._live = LiveRun(self._folder, resumed=resumed, session=session)
        for kind, fields in self._waiting:
            self.event(kind, **fields)
        if self._study is not None and not resumed:
            self.event("note", message=study_note(self._study))

    def _new_folder(self, dataset_name: str) -> RunFolder:
        if self._out is not None:
            folder = RunFolder.create(self._out)
            self._lock = folder.lock()
            # another process may have created a run here in the meantime
            return RunFolder.create(self._out)
        runs = self._runs
        root = tempfile.mkdtemp(prefix="assay-") if runs is None else runs
        folder = RunFolder.create_next(root, dataset_name)
        self._lock = folder.lock()
        return folder

    def study(self) -> Storage:
        """Return the storage for the trials, from which a run can be resumed."""
        if self._study is not None:
            return open_storage(self._study)
        # the folder is locked, so no other process takes part in the search
        return open_storage(self.folder.path_of("study.db"), shared=False)

    def checkpoints(self) -> Checkpoints:
        """Return the checkpoints of unfinished fits on the data of the run."""
        data = self.folder.read_json("data.json")
        identity = f"{data['fingerprint']} {data['split']['hash']} {__version__}"
        folder = self.folder.path_of(CHECKPOINTS)
        return Checkpoints(
            folder, data=identity, watcher=self._live, workers=self._workers
        )

    def seal(
        self, dataset: Dataset, split: Split
    ) -> Seal[tuple[np.ndarray, np.ndarray]]:
        """Return the seal that gives access to the test rows and their targets.

        Openings are counted in the ledger of all runs and also recorded in the run's
        own ledger.
        """
        test, targets = split.test, dataset.target
        return Seal(
            lambda: (test, targets[test]),
            Ledger(self.folder.path.parent / "ledger.jsonl"),
            fingerprint=dataset.fingerprint,
            test_hash=split.test_hash,
            own=Ledger(self.folder.path_of("ledger.jsonl")),
        )

    def __enter__(self) -> "RunRecorder":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Turn Ctrl-C or a failed write into an error that explains how to resume."""
        try:
            if self._writing and isinstance(error, KeyboardInterrupt):
                self.event("note", message="interrupted")
                done = f"interrupted. The results so far are in {self.folder.path}. "
                message = f"{done}To resume, use: {self._resume_command()}"
                raise Interrupted(message) from None
            # the ledger of all runs is in the parent folder
            folder = None if self._folder is None else self._folder.path
            if (message := removed_folder(error, folder)) is not None:
                raise WriteError(message) from error
            if (reason := failed_write(error, folder and folder.parent)) is not None:
                raise WriteError(f"{reason} {self._next_step()}") from error
        finally:
            if self._live is not None:
                self._live.close(_reason(error))
            self._session.close(_reason(error))
            if self._lock is not None:
                self._lock.release()

    def _next_step(self) -> str:
        if self._folder is None or not self._folder.exists("experiment.toml"):
            return "Then start the run again."
        return f"To resume the run, use: {self._resume_command()}"

    def _resume_command(self) -> str:
        return resume_command(self.folder, self.experiment, self._study)


def _reason(error: BaseException | None) -> str:
    """Return why a run ended, as one of the values that trackers accept."""
    if error is None:
        return "finished"
    return "interrupted" if isinstance(error, KeyboardInterrupt) else "failed"
