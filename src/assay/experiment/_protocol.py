"""The protocol, by the book.

Split; tune on val; train again on train + val; open the sealed test part once; say
what the result is worth, next to baselines.
"""

import tempfile
from pathlib import Path
from typing import Any

from assay import data, spec
from assay._errors import InputError, Interrupted, RunError
from assay.experiment._observer import Observer
from assay.experiment._run import Run
from assay.experiment._stages import Stages
from assay.experiment.defaults._data_profile import DataProfile
from assay.experiment.defaults._defaults import candidates, resolve
from assay.experiment.model._model import Model
from assay.experiment.prepare._load import load_asked, split_asked
from assay.experiment.prepare._prepare import (
    Prepared,
    deciding_metric,
    prepare,
    refit_split,
    seal_of,
)
from assay.experiment.records._final_test import open_seal
from assay.experiment.records._summary import Results, summarize
from assay.experiment.records._write import (
    check_same,
    check_same_start,
    read_asked,
    write_asked,
    write_fits,
    write_ground,
)
from assay.experiment.selection._findings import findings_of_search, nothing_sound
from assay.experiment.selection._rate_ranges import around_range_tests
from assay.experiment.selection._selection import Selection, SelectionData, choose
from assay.experiment.transfer._leakage import findings_of_start
from assay.experiment.transfer._source_run import read_source
from assay.experiment.transfer._warm_start import begin_from
from assay.records import RunFolder
from assay.training import Fit
from assay.tuning import Candidate, Trial, open_storage

__all__ = ["begin", "run_protocol"]

Place = tuple[str | Path | None, str | Path | None]


def run_protocol(
    asked: spec.Experiment, place: Place, *, resume: bool, observer: Observer
) -> Run:
    """Run an experiment from its data to its result.

    Args:
        asked: what the user wants; may hold words and spaces.
        place: the run's own folder, and the folder of all runs to take the next in.
        resume: whether the run's own folder holds a run to go on with.
        observer: is told how it goes on.
    """
    stages, folder = Stages(observer), None
    if resume:
        folder = RunFolder.create(_own(place), resume=True)
        if folder.exists("run.json"):
            return Run(folder, _factory(asked))
        asked = read_asked(folder, asked)
    with stages.stage("data", str(asked.data)[:60]):
        ground, nets = begin(asked, folder)
        dataset, split, start = ground.dataset, ground.split, ground.start
        found = data.look(dataset, split)
        if start is not None:
            found += findings_of_start(start.source, dataset, split)
    if folder is None:
        folder = _new_folder(dataset, place)
        write_asked(folder, asked)
    try:
        stages.write_to(folder)
        stages.find(found, "data")
        write_ground(folder, ground)
        with stages.stage("tune", f"{sum(net.num_trials for net in nets)} trials"):
            search = _tune(nets, ground, folder=folder, stages=stages)
        with stages.stage("refit", f"{len(split.train) + len(split.val)} examples"):
            prepared = prepare(dataset, refit_split(split), asked, start)
            fit = _refit(prepared, search, asked.seed)
            model = Model(search.training, prepared.preparation, fit.result())
            model.save(folder)
            write_fits(folder, search, fit)
        with stages.stage("test", f"{len(split.test)} sealed examples"):
            tested = open_seal(
                seal_of(dataset, split, folder),
                model,
                dataset,
                prepared.rows,
                metric=deciding_metric(dataset, split),
                run=folder.name,
                seed=asked.seed,
            )
        results = Results(ground, search, fit, model, tested)
        folder.write_summary(summarize(folder, results, stages))
    except KeyboardInterrupt:
        stages.event("note", message="interrupted")
        raise Interrupted(_how_to_go_on(folder, asked)) from None
    return Run(folder, _factory(asked))


def _factory(asked: spec.Experiment) -> Any:
    return None if asked.own is None else asked.own.factory


def begin(
    asked: spec.Experiment, folder: RunFolder | None
) -> tuple[SelectionData, list[Candidate]]:
    """Return the data, split and prepared, and the nets to try; nothing is written."""
    source = None if asked.start_from is None else read_source(asked.start_from)
    used = asked if source is None else source.taken_over(asked)
    dataset = load_asked(used)
    start = None if source is None else begin_from(source, dataset, used)
    if folder is not None:
        check_same(folder, dataset)
        check_same_start(folder, start)
    split = split_asked(dataset, used)
    tuning = prepare(dataset, split, used, start)
    facts = DataProfile.of(tuning.preparation, len(split.train))
    resolved = resolve(used, facts)
    nets = candidates(resolved, facts)
    # a net that cannot be built is told before anything is written
    picks = resolved.freeze or resolved.learning_rate_of
    for net in nets if picks else nets[-1:]:
        program = tuning.training_data.program(_some_values(net.training))
        if start is not None:
            start.check(program.network)
    tests = {}
    if resolved.tune.range_test:
        nets, tests = around_range_tests(nets, tuning.training_data, seed=resolved.seed)
    return SelectionData(dataset, split, tuning, resolved, start, tests), nets


def _how_to_go_on(folder: RunFolder, asked: spec.Experiment) -> str:
    command = f"assay train --resume --out {folder.path}"
    if not isinstance(asked.data, str):  # it is not in the folder
        command = f"Experiment(data=...).run(out={str(folder.path)!r}, resume=True)"
    return f"interrupted; {folder.path} holds what was done. Go on with: {command}"


def _own(place: Place) -> str | Path:
    if place[0] is None:
        raise InputError("resume needs the folder of a run. Write out='runs/NAME'.")
    return place[0]


def _new_folder(dataset: data.Dataset, place: Place) -> RunFolder:
    out, runs = place
    if out is not None:
        return RunFolder.create(out)
    root = tempfile.mkdtemp(prefix="assay-") if runs is None else runs
    return RunFolder.create_next(root, dataset.name)


def _some_values(training: spec.Training) -> spec.Training:
    """Return the training with one value in place of each space, to size the net."""
    return training.with_values({p: s.ends()[-1] for p, s in training.spaces().items()})


def _tune(
    nets: list[Candidate],
    ground: SelectionData,
    *,
    folder: RunFolder,
    stages: Stages,
) -> Selection:
    total = sum(net.num_trials for net in nets)

    def on_trial(trial: Trial) -> None:
        stages.event("trial", **_trial_event(trial))
        stages.observer.progress(trial.number + 1, total, f"cost {trial.val_cost:.4g}")

    try:
        search = choose(
            nets,
            ground,
            storage=open_storage(folder.path_of("study.db")),
            on_trial=on_trial,
            began=stages.started,
        )
    except RunError as error:
        stages.find([nothing_sound(str(error))], "tune")
        raise
    stages.find(findings_of_search(search, ground.dataset), "tune")
    return search


def _trial_event(trial: Trial) -> dict:
    value = None if trial.state == "diverged" else trial.val_score
    ended = {"cut": "pruned", "diverged": "failed"}
    return {
        "trial": trial.number,
        "hyperparameters": trial.values,
        "value": value,
        "state": ended.get(trial.state, trial.state),
        "epochs": trial.epochs,
        "duration_seconds": trial.duration_seconds,
    }


def _refit(prepared: Prepared, search: Selection, seed: int) -> Fit:
    """Train again on train + val, for the number of updates tuning found best."""
    best = search.best
    fit = prepared.training_data.fit(
        search.training,
        seed=seed,
        num_iterations=best.iterations,
        total_iterations=best.total_iterations,
    ).run()
    if fit.diverged_at is not None:
        raise RunError(
            f"training on train + val diverged at iteration {fit.diverged_at}: the "
            "cost was no longer a finite number. The test part stays sealed. Write a "
            "lower learning rate, such as optimizer.learning_rate = 0.0001."
        )
    return fit
