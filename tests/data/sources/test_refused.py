"""Sources that cannot be read are refused with the form in which they can."""

import io

import numpy as np
import polars as pl
import pytest

import assay
from assay import InputError
from assay.data import load

X = np.random.default_rng(0).normal(size=(60, 3))
Y = np.arange(60) % 2
PAIRS = list(zip(X, Y, strict=True))
FRAME = pl.DataFrame({"a": X[:, 0], "b": X[:, 1]})


class Loader:
    """A loader of batches, as in PyTorch."""

    dataset = PAIRS

    def __iter__(self):
        return iter([(X[:8], Y[:8])])


class Stream:
    """A data set of TensorFlow."""

    def as_numpy_iterator(self):
        return iter(PAIRS)

    def __iter__(self):
        return iter(PAIRS)


class Examples:
    def __len__(self):
        return 60

    def __getitem__(self, i):
        return PAIRS[i]


Iterated = type(
    "IterableDataset", (), {"__iter__": lambda _: iter(()), "__module__": "datasets.it"}
)


def _message(source):
    with pytest.raises(InputError) as caught:
        load(source, target="y" if isinstance(source, list | io.IOBase) else None)
    return str(caught.value)


@pytest.mark.parametrize(
    ("source", "fix"),
    [
        (Loader(), "Pass source.dataset, which contains the examples of the loader."),
        (Stream(), "Write pairs = list(source.as_numpy_iterator()), and pass ([x for"),
        (Iterated(), "Write datasets.Dataset.from_list(list(source))."),
        (Examples, "Pass an instance, such as Examples(), not the class."),
        (iter(PAIRS), "If it yields (x, y), write pairs = list(source), and pass ([x"),
        (PAIRS, "Pass ([x for x, _ in pairs], [y for _, y in pairs])."),
        ([(X[:8], Y[:8])] * 3, "Pass tuple(map(np.concatenate, zip(*batches)))."),
        (
            [[1.0, "a"], [2.0, "b"]] * 9,
            "Write pl.DataFrame(rows, orient='row', schema=",
        ),
        (["a.csv", "b.csv"], "write pl.concat([pl.read_csv(path) for path in paths])."),
        (["a.csv", "b.csv"] * 2, "write {'text': texts, 'label': labels} with target"),
        ([], "The source is an empty list. Pass (X, y), a frame with target='y'"),
        (None, "but got NoneType. Pass (X, y), a frame with target='y'"),
        ("a,y\n1,2\n", "Write pl.read_csv(io.StringIO(source)), or save it to a file."),
        (b"a,y\n1,2\n", "Write pl.read_csv(io.BytesIO(source)), or save it to a file."),
        (io.StringIO("a,y\n1,2\n"), "Write pl.read_csv(source)."),
        (assay.Experiment(data="iris"), "write experiment.run()."),
        ((FRAME, FRAME), "load(train_frame, test_data=test_frame)."),
        (((X, list(Y)), (X, list(Y))), "load((X_train, y_train), test_data=(X_test, y"),
        (
            (["a text", "b"], [0, 1]),
            "Write {'text': X, 'label': y} with target='label'",
        ),
        (([b"\x89PNG", b"\x89PNG"], [0, 1]), "Write {'image': X, 'label': y} with tar"),
        (([{"a": 1}, {"a": 2}], [0, 1]), "Write [{**row, 'label': label} for row, lab"),
    ],
)
def test_the_right_form_is_told(source, fix):
    assert fix in _message(source)


def test_an_open_file_has_a_path(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,y\n1,2\n")
    with path.open() as text, path.open("rb") as binary:
        for file in (text, binary):
            assert (
                _message(file)
                == f"The source is an open file. Pass its path, {str(path)!r}."
            )


def test_a_pattern_of_several_files_is_named(tmp_path):
    for name in "ab":
        (tmp_path / f"{name}.csv").write_text("a,y\n1,2\n")
    assert "This pattern matches 2 files. Pass" in _message(str(tmp_path / "*.csv"))


def test_the_forms_that_are_told_can_be_read():
    batches = [(X[:30], Y[:30]), (X[30:], Y[30:])]
    joined = load(tuple(map(np.concatenate, zip(*batches, strict=True))))
    pairs = load(([x for x, _ in PAIRS], [y for _, y in PAIRS]))
    assert joined.fingerprint == pairs.fingerprint == load((X, Y)).fingerprint
    rows = [{"a": a} for a in X[:, 0]]
    rows = [{**row, "label": label} for row, label in zip(rows, Y, strict=True)]
    assert load(rows, target="label").num_examples == 60
    texts = [f"some more words {n}" for n in range(60)]
    assert load({"text": texts, "label": Y}, target="label").columns[0].kind == "text"


def test_runs_are_no_data(tmp_path):
    run = tmp_path / "runs" / "my run"
    assay.train("iris", trials=1, num_epochs=1, model="linear", out=run)
    with pytest.raises(InputError) as caught:
        load(run)
    assert str(caught.value) == (
        f"{str(run)!r} is a run, not a data set. Pass the data of the run; `assay show "
        f"'{run}'` names it."
    )
    assay.train("iris", trials=1, num_epochs=1, model="linear", runs=tmp_path / "all")
    with pytest.raises(InputError, match="is a folder of runs, not a data set. Pass"):
        load(tmp_path / "all")
