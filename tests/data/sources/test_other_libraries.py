"""Arrays and tables of other libraries are read, or refused with a way out."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from tests.data.sources.small_table import FRAME, X, Y, fault_of

from assay._errors import InputError
from assay.data import Preparation, load


class Tensor:
    """A tensor like those of PyTorch, on a GPU and with gradients."""

    def __init__(self, values, on_gpu=True):
        self.values, self.on_gpu = np.asarray(values), on_gpu
        self.shape, self.dtype = self.values.shape, f"torch.{self.values.dtype}"

    def __len__(self):
        return len(self.values)

    def __getitem__(self, row):
        return Tensor(self.values[row])

    def detach(self):
        return self

    def cpu(self):
        return Tensor(self.values, on_gpu=False)

    def item(self):
        return self.values.item()

    def __array__(self, dtype=None, copy=None):
        if self.on_gpu:
            raise TypeError("can't convert cuda:0 device type tensor to numpy.")
        return self.values


class Shared:
    """A table of a library that supports only Arrow's interface."""

    def __init__(self, frame):
        self.frame = pl.from_pandas(frame)

    def __arrow_c_stream__(self, requested_schema=None):
        return self.frame.__arrow_c_stream__(requested_schema)


class OnlyDlpack:
    def __init__(self, values):
        self.values = values

    def __dlpack__(self, **options):
        return self.values.__dlpack__(**options)

    def __dlpack_device__(self):
        return self.values.__dlpack_device__()


@pytest.mark.parametrize(
    "source",
    [
        (Tensor(X), Tensor(Y)),
        {"X": Tensor(X), "y": Tensor(Y)},
        (list(map(Tensor, X)), [Tensor(y) for y in Y]),
        (OnlyDlpack(X), OnlyDlpack(Y)),
    ],
)
def test_tensors_of_other_libraries_are_arrays(source):
    dataset, expected = load(source), load((X, Y))
    assert dataset.frame.equals(expected.frame)
    preparation = Preparation.fit(expected, np.arange(24))
    np.testing.assert_array_equal(
        preparation.transform(Tensor(X[:2])), preparation.transform(X[:2])
    )


def test_an_array_that_its_library_cannot_convert():
    class Locked:
        def __array__(self, dtype=None, copy=None):
            raise TypeError("Implicit conversion is not allowed. Use .get().")

    message = "Its library reports: Implicit conversion is not allowed. Use .get()."
    assert message in fault_of((Locked(), Y))


def test_frames_of_other_libraries():
    class GeoFrame(pd.DataFrame):
        pass

    for frame in (GeoFrame(FRAME), Shared(FRAME)):
        assert load(frame, target="y").frame.equals(load(FRAME, target="y").frame)


@pytest.mark.parametrize("method", ["compute", "toPandas", "to_dataframe"])
def test_frames_that_must_be_converted(method):
    convert = {method: lambda self: FRAME, "__len__": len, "columns": ["a"]}
    frame = type("DataFrame", (), convert)()
    assert f"Pass frame.{method}() instead of frame." in fault_of(frame, target="y")


def test_tables_that_polars_cannot_read():
    lazy = pl.from_pandas(FRAME).lazy()
    assert 'unable to find column "z"' in fault_of(lazy.select("z"), target="y")
    assert "Correct the query." in fault_of(pl.scan_csv("no.csv"), target="y")
    cells = pa.array([(1, 2, 3)] * 24, type=pa.month_day_nano_interval())
    table = pa.table({"a": cells, "y": Y})
    assert "Convert or drop the unsupported column." in fault_of(table, target="y")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ([FRAME, FRAME, FRAME], "Write pd.concat(frames)."),
        ([pl.from_pandas(FRAME)] * 3, "Write pl.concat(frames)."),
        (zip(X, Y, strict=True), "pass list(source)"),
        (type("Loader", (), {"dataset": FRAME})(), "Pass source.dataset"),
        ({"a": type("Rows", (), {"__len__": lambda _: 3})()}, "types={'a': 'Rows'}"),
        (np.array({"X": X, "y": Y}, dtype=object), "Write X.item()."),
        (([1, 2, 3], [0, 1, 0]), "Write np.asarray(X)[:, None] for one column"),
        ((X, pd.get_dummies(Y)), "such as np.asarray(y).argmax(axis=1)."),
        ((X, Y + 1j), "Write y.real."),
    ],
)
def test_objects_that_are_refused_with_a_way_out(source, message):
    assert message in fault_of(source)


@pytest.mark.parametrize(
    ("targets", "classes"),
    [
        (np.array(Y, dtype=np.longdouble), (0.0, 1.0)),
        ([b"p", b"n"] * 12, ("n", "p")),
    ],
)
def test_types_of_classes(targets, classes):
    assert load((X, targets)).task.classes == classes


def test_durations_are_quantities():
    task = load((X, np.arange(24).astype("timedelta64[D]") * 40)).task
    assert task.kind == "regression"
    assert "num_missing=1" in fault_of((X, [pd.NA, *Y[1:]]))


def test_numbers_and_none_in_rows():
    rows = X.astype(object)
    rows[3, 1] = None
    expected = np.where(rows == None, np.nan, X)  # noqa: E711
    for inputs in (rows, rows.tolist()):
        assert load((inputs, Y)).frame.equals(load((expected, Y)).frame)
    preparation = Preparation.fit(load((X, Y)), np.arange(24))
    np.testing.assert_array_equal(
        preparation.transform(rows.tolist()), preparation.transform(expected)
    )
    with pytest.raises(InputError, match="rows of different lengths"):
        preparation.transform([[1, 2, 3], [1, 2], [3]])
