"""The protocol, from the data to the report.

The stages are: split, tune on val, train again on train + val, open the sealed test
set once, and report the result with the baselines.
"""

from assay import spec
from assay.experiment._events import Events
from assay.experiment._final_test import evaluate_once
from assay.experiment._refit import refit
from assay.experiment.health._check_up import check_up
from assay.experiment.health._mend import mend, select_or_mend
from assay.experiment.prepare._load import load
from assay.experiment.prepare._prepare import examine, prepare
from assay.experiment.prepare._split import split
from assay.experiment.records._summary import summarize

__all__ = ["run_protocol"]


def run_protocol(experiment: spec.Experiment, events: Events) -> None:
    """Run an experiment from its data to its summary.

    Each stage takes the result of the previous stage. The recorder writes all files.

    Args:
        experiment: the experiment. It may contain search spaces, and "auto" for values
            that depend on the data.
        events: sends the events of the run to its recorder and observer.
    """
    with events.loading(experiment.data):
        loaded = events.result(load(experiment))
        events.notes(loaded.dataset.notes)
        prepared = prepare(split(loaded))
        findings = examine(prepared)
    events.result(prepared, findings)

    trials = f"{prepared.num_trials} trial{'s' * (prepared.num_trials != 1)}"
    with events.stage("tune", trials):
        selection = events.result(select_or_mend(prepared, events))
    selection = mend(selection, events)

    recorder = events.recorder
    data, rows = prepared.data.dataset, prepared.data.split
    with events.stage("refit", f"{len(rows.train) + len(rows.val)} examples"):
        refitted = events.result(refit(selection, recorder.checkpoints()))
        events.findings(check_up(refitted))

    with events.stage("test", f"{len(rows.test)} sealed examples"):
        seal = recorder.seal(data, rows)
        tested = events.result(evaluate_once(refitted, seal, run=recorder.name))

    recorder.finish(summarize(tested, events.log()))
