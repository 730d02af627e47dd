"""Objects that users pass in Python are read as meant, or refused with a way out."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
import polars as pl
import pytest
from tests.data.sources.small_table import FRAME, X, Y, fault_of

import assay
from assay._errors import InputError
from assay.data import Preparation, load, split


class Cell(NamedTuple):
    y: int
    size: float


@dataclass
class Record:
    y: int
    size: float


@pytest.mark.parametrize("row", [Cell, Record])
def test_the_names_of_rows_are_the_names_of_columns(row):
    rows = [row(int(y), x) for x, y in zip(X[:, 0], Y, strict=True)]
    dataset = load(rows, target="y")
    assert dataset.frame["size"].to_list() == X[:, 0].tolist()
    preparation = Preparation.fit(dataset, np.arange(24))
    np.testing.assert_array_equal(
        preparation.transform(rows[:2]), preparation.transform(dataset)[:2]
    )


def test_a_list_of_pairs_is_refused_with_a_way_out():
    pairs = list(zip(X, Y, strict=True))
    assert "Pass ([x for x, _ in pairs], [y for _, y in pairs])." in fault_of(pairs)
    assert load(([x for x, _ in pairs], [y for _, y in pairs])).num_examples == 24


@pytest.mark.parametrize("columns", [[0, 1, 2, 3], [("u", i) for i in range(4)]])
def test_the_target_may_be_any_name_of_a_column(columns):
    frame = pd.DataFrame(np.column_stack([X, Y]), columns=pd.Index(columns))
    assert load(frame, target=columns[3]).task.target == str(columns[3])
    assert "got target='7'" in fault_of(frame, target=7)


@pytest.mark.parametrize(
    ("targets", "fix"),
    [
        ((label for label in Y), "Write list(y)."),
        (dict(enumerate(Y)).values(), "Write list(y)."),
        (set(Y.tolist()), "in the order of the rows."),
        ("y", "write load(frame, target='y')."),
        ([["a", "b"], ["a"]] * 12, "Pass one number or class per row."),
    ],
)
def test_targets_of_other_types_are_refused(targets, fix):
    assert fault_of((X, targets)).endswith(fix)


def test_sparse_matrices_are_refused():
    sparse = pytest.importorskip("scipy.sparse").csr_matrix
    assert fault_of((X, sparse(Y[:, None]))).endswith("Write y.toarray().ravel().")
    for source in (sparse(X), (sparse(X), Y)):
        assert fault_of(source).endswith("Write X.toarray().")


@pytest.mark.parametrize(
    ("source", "form"),
    [
        (((X, Y), (X[:5], Y[:5])), "(X_train, y_train), test_data=(X_test, y_test)"),
        ({"a": (X, Y), "b": (X, Y)}, "(X_train, y_train), test_data=(X_test, y_test)"),
        ({"train": FRAME, "test": FRAME}, "train_frame, test_data=test_frame"),
        (
            {"X_train": X, "y_train": Y, "X_test": X[:5], "y_test": Y[:5]},
            "(X_train, y_train), test_data=(X_test, y_test)",
        ),
    ],
)
def test_parts_are_passed_separately(source, form):
    assert fault_of(source).endswith(
        f"Pass them separately, as in assay.data.load({form})."
    )


@pytest.mark.parametrize("number", [1, 3, 4])
def test_tuples_of_other_lengths_are_refused(number):
    message = f"A tuple must be (X, y), but got {number} values."
    assert fault_of((X,) * number).startswith(message)


def test_targets_may_be_a_frame_with_one_column():
    assert load((FRAME[["a", "b"]], FRAME[["y"]])).task.target == "y"


def test_columns_of_polars_are_inputs():
    column = pl.Series("text", [f"words and more words {i}" for i in range(24)])
    assert load((column, Y)).columns[0].name == "text"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"image_size": 8}, "Write image_size=(8, 8)."),
        ({"image_size": "8x9"}, "Write image_size=(8, 9)."),
        (
            {"series_column": "a", "time_column": "a"},
            "`time_column != series_column` must hold",
        ),
        ({"image_size": (0, "x")}, "Write image_size=(32, 32)."),
        ({"series_column": 3}, "Write series_column='3'."),
        ({"kinds": ["a"]}, "for example kinds={'zip': 'category'}."),
        ({"stream": "yes"}, "Write True, False or 'auto'."),
        ({"test_data": FRAME[:0]}, "Add rows, or omit `test_data`."),
    ],
)
def test_options_of_other_types_are_refused(options, message):
    assert message in fault_of(FRAME, target="y", **options)


def test_missing_arrays_in_cells_are_named():
    cells = [None, *X[1:]]
    fault = fault_of(FRAME.assign(steps=cells), target="y")
    assert "The first missing cell is in row 0." in fault


def test_notes_on_the_index():
    named = FRAME.set_index("a")
    note = "The index is not used: 'a'. To use it as a column, write"
    assert any(n.startswith(note) for n in load(named, target="y").notes)
    assert note in fault_of(named, target="a")
    assert note not in fault_of(named, target="c")
    dataset = load(named, target="y")
    with pytest.raises(InputError, match=f"columns are b. {note}"):
        split(dataset, seed=0, by="group", column="a")
    with pytest.raises(InputError, match=note):
        load(FRAME, target="y", test_data=named)
    inputs, other = FRAME[["a", "b"]], FRAME["y"].sample(frac=1, random_state=0)
    paired = "Their rows are paired by position"
    assert any(paired in n for n in load((inputs, other)).notes)
    assert not any(paired in n for n in load((inputs, FRAME["y"])).notes)
    assert load((inputs, other)).target.tolist() == other.tolist()


@pytest.fixture(scope="module")
def quick():
    return {"model": "linear", "trials": 1, "num_epochs": 2, "runs": None}


def test_predictions_for_lists_are_those_for_arrays(quick):
    images = np.random.default_rng(0).integers(0, 256, (24, 4, 4, 1), dtype=np.uint8)
    series = [np.ones((2 + k % 3, 2)) * k for k in range(24)]
    for inputs in (X, images, series):
        model = assay.train((inputs, Y), **quick).model
        expected = model.predict((inputs, Y))
        np.testing.assert_array_equal(model.predict(list(inputs)), expected)


def test_predictions_for_texts(quick):
    texts = [f"{'win now' if k % 2 else 'see you'} number {k}" for k in range(40)]
    frame = pl.DataFrame({"text": texts, "y": [k % 2 for k in range(40)]})
    model = assay.train(frame, target="y", **quick).model
    expected = model.predict(frame)
    for source in (texts, tuple(texts), np.array(texts), frame["text"]):
        np.testing.assert_array_equal(model.predict(source), expected)
    np.testing.assert_array_equal(model.predict(texts[:2]), expected[:2])


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (np.array([24]), "The source has 24 rows"),
        (np.array([-25]), "The source has 24 rows"),
        (np.ones(24, dtype=bool), "np.flatnonzero(rows)"),
        (np.array([0.5]), "Pass row numbers"),
    ],
)
def test_row_numbers_are_checked(rows, message, quick):
    model = assay.train((X, Y), **quick).model
    with pytest.raises(InputError) as caught:
        model.predict(X, rows=rows)
    assert message in str(caught.value)


def test_lists_in_cells_are_shown_in_one_line(quick):
    model = assay.train(FRAME, target="y", **quick).model
    with pytest.raises(InputError, match=r"must contain numbers, but got \[1\]\. This"):
        model.predict({"a": [[1], [2]], "b": [1, 2]})


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        ([(3, 2), (0, 2)], "Row 1 of X is empty. Drop rows without steps."),
        (
            [(3, 2), (4, 3)],
            "Row 1 of X has the shape (4, 3), but row 0 has (3, 2). All series",
        ),
        ([(3, 2, 3), (4, 3, 3)], "Resize all images to the same shape"),
        ([(3,), (4, 2)], "Row 1 of X has the shape (4, 2), but row 0 has (3,). All"),
    ],
)
def test_arrays_that_are_no_series_are_named(shapes, message):
    arrays = [np.ones(shape) for shape in shapes] * 12
    assert message in fault_of((arrays, Y))


def test_one_channel_may_have_an_axis():
    series = [np.ones(3), np.ones((4, 1))] * 12
    assert load((series, Y)).columns[0].kind == "sequence"


@pytest.mark.parametrize(
    "source",
    [
        (np.zeros((4, 2)), ["a\ud800", "b", "a", "b"]),
        (np.zeros((4, 2)), np.array([b"caf\xe9", b"tea"] * 2)),
        {"x": ["a\ud800", "b"] * 2, "y": [1, 2, 1, 2]},
    ],
)
def test_text_that_is_not_valid_unicode_is_refused(source):
    target = "y" if isinstance(source, dict) else None
    with pytest.raises(InputError, match=r"which is not valid Unicode\. Convert"):
        load(source, target=target)


def test_frames_in_a_list_are_aligned_by_the_names_of_their_columns():
    steps = pd.DataFrame({"a": [0.0, 1.0, 2.0], "b": [9.0, 8.0, 7.0]})
    inputs = [steps, steps[["b", "a"]], pl.from_pandas(steps[["b", "a"]]), steps]
    dataset = load((inputs, [1, 2, 1, 2]))
    assert dataset.layout.channels == ("a", "b")
    for series in dataset.frame["X"]:
        np.testing.assert_array_equal(np.array(series.to_list()), steps.to_numpy())
    other = steps.rename(columns={"b": "c"})
    with pytest.raises(InputError, match=r"item 0 has \['a', 'b'\] and item 1 has"):
        load(([steps, other] * 2, [1, 2, 1, 2]))


def test_rows_of_a_frame_in_a_list_are_aligned():
    frame = pd.DataFrame({"a": [0.0, 1.0, 2.0], "b": [9.0, 8.0, 7.0]})
    rows = [frame.iloc[0], frame.iloc[1][["b", "a"]], frame.iloc[2]]
    dataset = load((rows, [1, 2, 1]))
    assert dataset.frame.to_dict(as_series=False) == frame.to_dict(orient="list")


def test_columns_with_different_indexes_are_mentioned():
    columns = {"a": pd.Series([0.0, 1, 2, 3]), "y": pd.Series([4, 3, 2, 1])}
    assert "indexes" not in str(load(columns, target="y").notes)
    columns["y"].index = [3, 2, 1, 0]
    assert "columns have different indexes" in load(columns, target="y").notes[0]


def test_structured_arrays_may_contain_arrays():
    rows = np.zeros(4, dtype=[("vector", "f4", (3,)), ("y", "i4")])
    rows["vector"], rows["y"] = np.arange(12).reshape(4, 3), [1, 2, 1, 2]
    dataset = load(rows, target="y")
    assert np.ravel(dataset.frame["vector"].to_list()[3]).tolist() == [9, 10, 11]
