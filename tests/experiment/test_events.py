"""The pipeline writes nothing itself; its recorder receives every event in order."""

import pytest

import assay
from assay import data
from assay.experiment._events import Events, Recorder
from assay.experiment._protocol import run_protocol
from assay.records import Ledger, Seal, to_plain


class Listening(Recorder):
    """A recorder that keeps events in memory, except for the ledger."""

    name = "listening"

    def __init__(self, ledger):
        self.ledger, self.heard, self.results, self.summary = ledger, [], [], None

    def event(self, kind, **fields):
        self.heard.append((kind, fields))

    def result(self, result):
        self.results.append(result)

    def finish(self, summary):
        self.summary = summary

    def seal(self, dataset, split):
        return Seal(
            lambda: (split.test, dataset.target[split.test]),
            Ledger(self.ledger),
            fingerprint=dataset.fingerprint,
            test_hash=split.test_hash,
        )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The working directory of the run."""
    return tmp_path_factory.mktemp("work")


@pytest.fixture(scope="module")
def listening(make_experiment, cells, searched, folder):
    """A recorder that has received all events of a run."""
    recorder = Listening(folder / "ledger.jsonl")
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(folder)
        run_protocol(make_experiment(cells(), **searched), Events(recorder))
    return recorder


def test_the_pipeline_writes_nothing_and_its_results_are_those_of_a_run(
    listening, cells_run, folder
):
    assert [path.name for path in folder.iterdir()] == ["ledger.jsonl"]
    names = [type(result).__name__ for result in listening.results]
    assert names == [
        *("LoadedData", "PreparedData", "Selection", "Refitted", "FinalTest")
    ]
    for part in ("split", "hyperparameters", "tune", "refit", "test", "findings"):
        assert to_plain(listening.summary[part]) == cells_run.summary[part], part
    kinds = [kind for kind, _ in listening.heard]
    assert kinds == [event["kind"] for event in cells_run.folder.events()]


def test_the_metric_and_the_resolved_experiment_are_decided_once(listening):
    loaded, prepared, selection, refitted, tested = listening.results
    assert loaded.experiment.cost == "auto"
    assert prepared.data.experiment.cost == assay.spec.BinaryCrossEntropy()
    assert prepared.data.metric == "accuracy" == tested.evaluation.metric
    assert tested.refitted is refitted
    assert refitted.selection is selection
    assert selection.prepared is prepared
    fingerprint = prepared.data.dataset.fingerprint
    assert fingerprint == data.load(loaded.experiment.data, target="kind").fingerprint


def test_an_unrecorded_run_cannot_open_the_seal():
    with pytest.raises(
        NotImplementedError, match="how often the test set was opened can be counted"
    ):
        Recorder().seal(None, None)
