"""A damaged or altered run is either rejected with a clear message or harmless."""

import json
import shutil
import warnings

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from assay import AssayError, RunError
from assay import data as assay_data
from assay import load as load_run
from assay.records import DamagedLines

ARRAYS, MODEL = "model/parameters.safetensors", "model/model.json"
BIAS, KERNEL = "parameters/output/bias", "parameters/output/kernel"
DEEP = "[" * 200_000 + "]" * 200_000
LONG = '{"a":' * 300 + "1" + "}" * 300


def raw(text):
    """Return a function that replaces the whole content of a file."""
    return lambda path: path.write_bytes(text.encode("utf-8", "surrogatepass"))


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def at(*keys, value):
    """Return a function that changes one value in a JSON file."""

    def change(path):
        data = json.loads(path.read_text())
        *parents, last = keys
        place = data
        for key in parents:
            place = place[key]
        if value is ...:
            del place[last]
        else:
            place[last] = value(place[last]) if callable(value) else value
        path.write_text(json.dumps(data))

    return change


def arrays(change):
    """Return a function that changes the arrays in a safetensors file."""

    def apply(path):
        content = load_file(path)
        change(content)
        save_file(content, path)

    return apply


def column(field, value):
    return at("preparation", "columns", 0, field, value=value)


def task(field, value):
    return at("preparation", "task", field, value=value)


WHOLE = {
    "deleted": lambda path: path.unlink(),
    "empty": raw(""),
    "cut": cut,
    "list": raw("[]"),
    "null": raw("null"),
    "nested": raw(DEEP),
    "nested object": raw(LONG),
    "nan": raw('{"version": NaN}'),
    "no text": raw('{"version": 1, "name": "\\ud800"}'),
    "large number": raw('{"version": ' + "9" * 5000 + "}"),
    "infinite number": raw('{"version": 1e999}'),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
}

DESCRIPTION = {
    "training list": at("training", value=[]),
    "training empty": at("training", value={}),
    "unknown field": at("training", "speed", value=3),
    "no regularizers": at("training", "regularizers", value=...),
    "open batch size": at("training", "batch_size", value="auto"),
    "a space": at("training", "optimizer", "learning_rate", value="log(1e-4, 1e-1)"),
    "layers of text": at("training", "model", value=["dense", 3]),
    "layer too large": at(
        "training", "model", value=[{"kind": "dense", "units": 3_000_000_000_000}]
    ),
    "another layer": at("training", "model", value=[{"kind": "dense", "units": 3}]),
    "a network without a name": at("training", "model", value=[{"kind": "own_module"}]),
    "images in a table": at(
        "training",
        "model",
        value=[{"kind": "conv", "filters": 2, "size": 3}, {"kind": "flatten"}],
    ),
    "preparation null": at("preparation", value=None),
    "no columns": at("preparation", "columns", value=[]),
    "columns object": at("preparation", "columns", value={"a": 1}),
    "column twice": at("preparation", "columns", value=lambda c: [*c[:-1], c[0]]),
    "column missing": at("preparation", "columns", value=lambda c: c[1:]),
    "unknown kind": column("kind", "quantum"),
    "kind list": column("kind", ["number"]),
    "scale text": column("scale", "abc"),
    "scale short": column("scale", [0.0, 1.0]),
    "scale null": column("scale", [0.0, None, 1.0]),
    "scale negative": column("scale", [0.0, 0.0, -1.0]),
    "missing 2": column("missing", 2),
    "name number": column("name", 7),
    "target": at("preparation", "target", value=[0.0]),
    "target 0": at("preparation", "target", value=[0.0, 0.0]),
    "tolerant": at("preparation", "tolerant", value=None),
    "layout": at("preparation", "layout", value={"image_size": "large"}),
    "class twice": task("classes", lambda c: [c[0], *c[:-1]]),
    "two classes": task("classes", lambda c: c[:2]),
    "four classes": task("classes", lambda c: [*c, "other"]),
    "classes text": task("classes", "abc"),
    "classes nested": task("classes", lambda c: [[x] for x in c]),
    "another task": task("kind", "regression"),
    "no such task": task("kind", "oracle"),
    "iteration": at("iteration", value=-1),
    "version": at("version", value=[1]),
}

ARRAY_FILES = {
    "bias of one class": arrays(lambda a: a.update({BIAS: a[BIAS][:1]})),
    "bias of four": arrays(lambda a: a.update({BIAS: np.zeros(4, np.float32)})),
    "bias missing": arrays(lambda a: a.pop(BIAS)),
    "kernel turned": arrays(
        lambda a: a.update({KERNEL: np.ascontiguousarray(a[KERNEL].T)})
    ),
    "another name": arrays(lambda a: a.update({"parameters/dense9/bias": a.pop(BIAS)})),
    "one more": arrays(lambda a: a.update({"parameters/x/y": np.zeros(3, np.float32)})),
    "no layer": arrays(lambda a: a.update({"x": np.zeros(3, np.float32)})),
    "inside": arrays(lambda a: a.update({f"{BIAS}/x": np.zeros(3, np.float32)})),
    "nan": arrays(lambda a: a.update({BIAS: np.full(3, np.nan, np.float32)})),
    "infinite": arrays(lambda a: a.update({BIAS: np.full(3, np.inf, np.float32)})),
    "double": arrays(lambda a: a.update({BIAS: a[BIAS].astype(np.float64)})),
    "whole": arrays(lambda a: a.update({BIAS: a[BIAS].astype(np.int32)})),
    "none": arrays(lambda a: a.clear()),
    "header": raw("\x10\x00\x00\x00\x00\x00\x00\x00{not a header}..."),
}

SUMMARY = {
    "notes of numbers": at("data", "notes", value=[-1]),
    "findings": at("findings", value=[{}]),
    "severity": at("findings", value=[{"severity": "fatal"}]),
    "layers": at("model", "layers", value=[3]),
    "layer": at("model", "layers", value=[{"kind": "own_module"}]),
    "interval": at("test", "interval", value=[0.1]),
    "interval text": at("metrics", value={"f1": {"value": 1.0, "interval": ["a", 2]}}),
    "baselines": at("baselines", 0, "comparison", value=[]),
    "words": at("baselines", 0, "comparison", value={"words": 3}),
    "timings": at("timings", value={"tune_seconds": "long"}),
    "notes": at("split", "notes", value=3),
    "streaming": at("data", "streaming", value=True),
    "start": at("model", value=lambda m: {**m, "start": {"taken": 3}}),
    "evaluation": at("evaluation", value=None),
    "target": at("data", "target", value=[1]),
}


def outcomes(folder, command, source):
    """Use a run in every way; return the exit codes and the exceptions raised."""
    raised = None
    try:
        predictions = load_run(folder).predict(source)
        assert np.isfinite(predictions).all()
    except AssayError as error:
        assert "Traceback" not in str(error)
        raised = error
    codes = []
    for words in (["show", folder], ["show", folder, "--json"]):
        codes.append(command(*words))
    codes.append(command("predict", folder, source, "--json"))
    for done in codes:
        assert done.code in (0, 1, 2), done.err
        assert "internal error" not in done.err
        assert "Traceback" not in done.err
        assert (done.code == 0) == (not done.faults), done.err
    return [done.code for done in codes], raised


@pytest.fixture
def copy(iris, tmp_path):
    """A copy of a finished run that tests may damage."""
    return shutil.copytree(iris, tmp_path / "iris-1")


@pytest.fixture
def rows(tmp_path):
    """A file of rows to predict."""
    path = tmp_path / "new.csv"
    assay_data.load("iris").frame.head(4).write_csv(path)
    return path


@pytest.mark.parametrize("name", [MODEL, ARRAYS, "run.json"])
@pytest.mark.parametrize("damage", WHOLE)
def test_a_damaged_file_is_refused(copy, rows, command, name, damage):
    WHOLE[damage](copy / name)
    codes, raised = outcomes(copy, command, rows)
    if name == "run.json":
        assert raised is None  # the model does not need a summary
        assert codes == ([0, 0, 0] if damage == "deleted" else [1, 1, 0])
    else:
        assert isinstance(raised, RunError)
        assert codes == [0, 0, 1]


@pytest.mark.parametrize("hashed", [True, False], ids=["hashed", "old"])
@pytest.mark.parametrize(
    ("name", "change"),
    [
        *(pytest.param(MODEL, change, id=name) for name, change in DESCRIPTION.items()),
        *(
            pytest.param(ARRAYS, change, id=name)
            for name, change in ARRAY_FILES.items()
        ),
    ],
)
def test_an_altered_model_is_refused(copy, rows, command, name, change, hashed):
    """This also applies to models of the first releases, which have no hash."""
    if not hashed:
        at("sha256", value=...)(copy / MODEL)
    change(copy / name)
    codes, raised = outcomes(copy, command, rows)
    assert isinstance(raised, RunError), raised
    assert codes == [0, 0, 1]


@pytest.mark.parametrize("change", SUMMARY)
def test_an_altered_summary_is_refused(copy, rows, command, change):
    SUMMARY[change](copy / "run.json")
    codes, raised = outcomes(copy, command, rows)
    assert raised is None
    assert codes == ([0, 0, 0] if change == "layer" else [1, 1, 0])


@pytest.mark.parametrize("name", ["data.json", "resolved.json", "experiment.toml"])
@pytest.mark.parametrize("damage", WHOLE)
def test_files_that_prediction_does_not_need(copy, rows, command, name, damage):
    WHOLE[damage](copy / name)
    assert outcomes(copy, command, rows) == ([0, 0, 0], None)
    assert command("train", "--resume", "--out", copy).code == 0  # already finished
    (copy / "run.json").unlink()
    done = command("train", "--resume", "--out", copy)
    assert "internal error" not in done.err
    assert (done.code == 0) == (not done.faults)


@pytest.mark.parametrize(
    "change",
    [
        at("preparation", "columns", value=lambda c: c[::-1]),
        task("classes", lambda c: c[::-1]),
        column("scale", lambda s: [s[0], s[1] + 1, s[2]]),
        at("training", "precision", value="bfloat16"),
    ],
    ids=["columns", "classes", "scale", "training"],
)
def test_what_only_the_hash_can_find(copy, rows, change):
    change(copy / MODEL)
    with pytest.raises(RunError, match="was changed after saving"):
        load_run(copy).predict(rows)


def test_arrays_of_another_run_are_found_by_the_hash(copy, rows):
    arrays(lambda a: a.update({BIAS: a[BIAS] + 1}))(copy / ARRAYS)
    with pytest.raises(RunError, match="was changed after saving"):
        load_run(copy).predict(rows)


def test_a_model_without_a_hash_still_predicts(copy, iris, rows):
    at("sha256", value=...)(copy / MODEL)
    before, after = load_run(iris).predict(rows), load_run(copy).predict(rows)
    np.testing.assert_array_equal(after, before)


def test_every_fault_is_listed(copy, rows):
    at("sha256", value=...)(copy / MODEL)
    arrays(lambda a: a.update({BIAS: a[BIAS][:1], KERNEL: a[KERNEL][:, :2].copy()}))(
        copy / ARRAYS
    )
    with pytest.raises(RunError) as error:
        load_run(copy).predict(rows)
    assert "output/bias has shape (1,), not (3,)" in str(error.value)
    assert "output/kernel has shape (4, 2), not (4, 3)" in str(error.value)


EVENTS = {
    "nested": DEEP,
    "no object": "[1, 2]",
    "no kind": '{"message": "a"}',
    "kind list": '{"kind": ["note"], "message": "a"}',
    "no message": '{"kind": "note"}',
    "no stage": '{"kind": "stage_started", "stage": [1]}',
    "trial list": '{"kind": "trial", "trial": [1], "hyperparameters": {}, "value": 1}',
    "finding": '{"kind": "finding", "finding": {"code": 1}}',
}


@pytest.mark.parametrize("line", EVENTS)
def test_a_damaged_event_is_skipped_and_counted(copy, command, line):
    (copy / "run.json").unlink()
    before = json.loads(command("show", copy, "--json").out)
    with (copy / "events.jsonl").open("a") as file:
        file.write(EVENTS[line] + "\n")
    with warnings.catch_warnings():
        warnings.simplefilter("default", DamagedLines)
        done = command("show", copy, "--json")
    number = len((copy / "events.jsonl").read_text().splitlines())
    assert f"events.jsonl: skipped 1 damaged line ({number})." in done.err
    assert (done.code, json.loads(done.out)) == (0, before)


def test_training_continues_past_a_damaged_line_of_the_ledger(command, tmp_path):
    ledger = tmp_path / "runs" / "ledger.jsonl"
    ledger.parent.mkdir()
    ledger.write_text(f"{DEEP}\n\x1b[2Jnoise\n")
    words = ["train", "iris", "--trials", "1", "--num-epochs", "2", "--model", "linear"]
    with warnings.catch_warnings():
        warnings.simplefilter("default", DamagedLines)
        done = command(*words)
    assert done.code == 0
    assert "assay: warning: " in done.err
    assert "ledger.jsonl: skipped 2 damaged lines (1, 2)." in done.err
    lines = ledger.read_text().splitlines()
    assert (len(lines), json.loads(lines[2])["run"]) == (3, "iris-1")
