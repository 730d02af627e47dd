"""`assay predict` supports several formats and never damages existing files."""

import csv
import io
import json
from contextlib import contextmanager

import numpy as np
import polars as pl
import pytest

from assay import data
from assay.experiment import load

READERS = {
    "csv": pl.read_csv,
    "parquet": pl.read_parquet,
    "jsonl": pl.read_ndjson,
}


def rows_of(name, tmp_path, *, drop=()):
    """Write the features of a built-in data set to a file and return its path."""
    path = tmp_path / "new.csv"
    frame = data.load(name).frame.drop(drop)
    frame.write_csv(path)
    return path


@pytest.mark.parametrize("suffix", READERS)
def test_round_trip_in_every_format(command, iris, tmp_path, suffix):
    source = rows_of("iris", tmp_path)
    out = tmp_path / f"predictions.{suffix}"
    done = command("predict", iris, source, "-o", out)
    assert (done.code, done.out) == (0, "")
    assert done.err == f"wrote 150 predictions to {out}\n"
    frame = READERS[suffix](out)
    model = load(iris).model
    names = ["setosa", "versicolor", "virginica"]
    assert frame.columns == ["prediction", *(f"probability_{n}" for n in names)]
    wanted = model.predict(data.load("iris").frame)
    found = frame.drop("prediction").to_numpy()
    np.testing.assert_allclose(found, wanted, rtol=1e-6, atol=1e-9)
    assert frame["prediction"].to_list() == [names[i] for i in wanted.argmax(axis=1)]
    assert not list(tmp_path.glob(".*"))


def test_the_file_and_the_run_in_the_wrong_order(command, iris, tmp_path):
    source = rows_of("iris", tmp_path)
    done = command("predict", source, iris)
    assert done.code == 2
    assert done.faults == [
        f"The run must come before the file. Use assay predict {iris} {source}."
    ]


def test_without_a_file_csv_is_printed(command, iris, tmp_path):
    done = command("predict", iris, rows_of("iris", tmp_path))
    assert (done.code, done.err) == (0, "")
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert len(rows) == 150
    assert rows[0]["prediction"] in ("setosa", "versicolor", "virginica")
    assert [path.name for path in tmp_path.iterdir()] == ["new.csv"]


def test_json_is_a_list_of_rows_or_what_was_written(command, iris, tmp_path):
    source = rows_of("iris", tmp_path)
    rows = json.loads(command("predict", iris, source, "--json").out)
    assert len(rows) == 150
    assert sum(v for k, v in rows[0].items() if k != "prediction") == pytest.approx(1)
    done = command("predict", iris, source, "-o", "out.csv", "--json")
    written = {"run": "iris-1", "output": "out.csv", "num_examples": 150}
    assert json.loads(done.out) == written


def test_regression_predicts_in_the_unit_of_the_target(command, diabetes, tmp_path):
    done = command("predict", diabetes, rows_of("diabetes", tmp_path))
    frame = pl.read_csv(io.StringIO(done.out))
    assert frame.columns == ["prediction"]
    targets = data.load("diabetes").target
    assert targets.min() < frame["prediction"].mean() < targets.max()


@pytest.mark.parametrize("name", ["predictions.csv", "sub/predictions.csv"])
def test_a_file_is_replaced_by_force_only(command, iris, tmp_path, name):
    source = rows_of("iris", tmp_path)
    (tmp_path / "sub").mkdir()
    (tmp_path / name).write_text("mine")
    done = command("predict", iris, source, "--output", name)
    assert (done.code, done.out) == (2, "")
    assert done.faults == [
        f"--output {name!r} already exists. Add --force to replace it."
    ]
    assert (tmp_path / name).read_text() == "mine"
    assert command("predict", iris, source, "--output", name, "--force").code == 0
    assert (tmp_path / name).read_text().startswith("prediction,")


def test_outputs_that_cannot_be(command, iris, tmp_path):
    source = rows_of("iris", tmp_path)
    (tmp_path / "folder.csv").mkdir()
    for name, told in (
        ("out.xlsx", "Use one of these: .csv, .parquet, .jsonl."),
        ("none/out.csv", "The folder of --output 'none/out.csv' does not exist."),
        ("folder.csv", "--output 'folder.csv' is a folder."),
    ):
        done = command("predict", iris, source, "-o", name)
        assert (done.code, len(done.faults)) == (2, 1)
        assert told in done.faults[0]
    done = command("predict", iris, source, "-o", "none/out.xlsx")
    assert len(done.faults) == 2
    before = source.read_bytes()
    (tmp_path / "link.csv").symlink_to(source)
    for name in (source, "link.csv"):
        done = command("predict", iris, source, "-o", name, "--force")
        assert done.faults[0].endswith("is the input file. Use another file.")
    assert source.read_bytes() == before


@pytest.fixture
def quota():
    """Context manager that limits the bytes of a file, as on a disk that is full."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    @contextmanager
    def limit(num_bytes):
        resource.setrlimit(resource.RLIMIT_FSIZE, (num_bytes, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    return limit


def test_predictions_that_do_not_fit_on_the_disk(command, iris, tmp_path, quota):
    source = rows_of("iris", tmp_path)
    command("predict", iris, source)  # compiles, which writes to a cache
    with quota(100):
        done = command("predict", iris, source, "-o", "out.csv")
    assert done.code == 2
    assert done.faults == [
        "File too large while writing out.csv. Free some disk space and try again."
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["new.csv"]


def test_sources_that_do_not_fit(command, iris, tmp_path):
    source = rows_of("iris", tmp_path, drop=["petal width (cm)"])
    done = command("predict", iris, source, "-o", "out.csv")
    assert (done.code, len(done.faults)) == (2, 1)
    assert "columns are missing: ['petal width (cm)']" in done.faults[0]
    assert command("predict", iris, "none.csv").code == 2
    assert command("predict", "nowhere", source).code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["new.csv"]


def test_unseen_and_missing_values_are_predicted(command, iris, tmp_path):
    frame = data.load("iris").frame.head(3)
    gaps = frame.with_columns(pl.lit(None).alias("petal width (cm)"))
    gaps.write_csv(tmp_path / "gaps.csv")
    done = command("predict", iris, "gaps.csv", "--json")
    assert done.code == 0
    assert all(
        np.isfinite(v) for r in json.loads(done.out) for v in list(r.values())[1:]
    )


def _no_value(num_rows, first):
    nothing = "no value in any column that the model uses"
    found = f"{num_rows} rows have {nothing}; the first is row {first}"
    if num_rows == 1:
        found = f"Row {first} has {nothing}"
    return f"{found}. Such rows all get the same prediction."


@pytest.mark.parametrize(
    ("text", "num_rows", "notes"),
    [
        ("city,size\nBern,1\n,\nBasel,0\nBern,1\n", 4, [_no_value(1, 1)]),
        ("city,size\n,\n", 1, [_no_value(1, 0)]),
        ("city,size\n,\n , \n", 2, [_no_value(2, 0)]),
        (
            "city,size\nBern,1\n\n\n,\n",
            2,
            ["2 empty lines were left out.", _no_value(1, 1)],
        ),
        ("city,size\nBern,1\n\n", 1, ["1 empty line was left out."]),
        (
            "city;size\nBern;1\n;\n",
            2,
            ["The cells are separated by ';'.", _no_value(1, 1)],
        ),
    ],
)
def test_every_row_has_a_prediction(command, cities, tmp_path, text, num_rows, notes):
    (tmp_path / "new.csv").write_text(text)
    done = command("predict", cities, "new.csv")
    assert done.code == 0
    assert pl.read_csv(io.StringIO(done.out)).height == num_rows
    assert done.err.splitlines() == notes
    assert len(load(cities).predict("new.csv")) == num_rows
    model = load(cities).model
    assert model.check("new.csv") == tuple(notes)
    rows = model.read("new.csv")
    (tmp_path / "new.csv").unlink()  # which is not read a second time
    assert model.predict_frame(rows).height == num_rows
    assert model.check(rows) == tuple(notes)


@pytest.mark.parametrize(
    ("names", "note"),
    [
        (["Bern", "Rome", "Basel", ""], "'city': 1 of 3 values were not seen in "),
        (["Rome", "Oslo"], "warning: every value of 'city' is new, such as 'Rome'. "),
        (["Bern"], ""),
    ],
)
def test_new_categories_are_counted(command, cities, tmp_path, names, note):
    lines = ["city,size,other", *(f"{name},1,x" for name in names)]
    (tmp_path / "new.csv").write_text("\n".join(lines))
    done = command("predict", cities, "new.csv")
    assert done.code == 0
    assert [line[: len(note)] for line in done.err.splitlines()] == [note] * bool(note)
    frame = pl.read_csv("new.csv")
    assert load(cities).model.check(frame) == tuple(done.err.splitlines())


def test_new_categories_of_a_streamed_file_are_counted(cities, tmp_path):
    num_rows = 2**18 + 10  # more rows than are read in one block
    cities_seen = ["Bern"] * (num_rows - 3) + ["Rome", "Oslo", "Rome"]
    frame = pl.DataFrame({"city": cities_seen, "size": [1.0] * num_rows})
    frame.write_parquet(tmp_path / "new.parquet")
    (note,) = load(cities).model.check(tmp_path / "new.parquet")
    assert note.startswith(f"'city': 3 of {num_rows} values were not seen in training")


def test_empty_rows_and_columns_of_a_streamed_file_are_named(cities, tmp_path):
    num_rows = 2**18 + 10  # more rows than are read in one block
    cells = [*["Bern"] * (num_rows - 3), None, "Bern", None]
    frame = pl.DataFrame({"city": cells, "size": [None] * num_rows})
    frame.write_parquet(tmp_path / "new.parquet")
    assert load(cities).model.check(tmp_path / "new.parquet") == (
        "warning: the column 'size' has no values here, but had values in training. "
        "The model predicts without it.",
        _no_value(2, num_rows - 3),
    )


def test_a_column_in_another_case_is_suggested(command, cities, tmp_path):
    (tmp_path / "new.csv").write_text("City,other\nBern,1\n")
    assert command("predict", cities, "new.csv").faults == [
        "Feature columns are missing: ['city', 'size']. Add them, with empty cells for "
        "unknown values. Did you mean 'City' for 'city'?"
    ]


def test_new_rows_without_a_header_are_recognized(command, cities, tmp_path):
    (tmp_path / "new.csv").write_text("Bern,1\nBasel,2\n")
    assert command("predict", cities, "new.csv").faults == [
        "Feature columns are missing: ['city', 'size']. The first line, 'Bern,1', was "
        "used as column names but looks like data. If it is data, add a header row "
        "above it."
    ]
