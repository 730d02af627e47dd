"""Every source gives the same data set for the same table."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn import datasets

from assay._errors import InputError
from assay.data import BUILTINS, REGISTRY, Dataset, get, load, read

NUMBERS = {
    "width": [0.5, 1.25, -3.0, None, 8.0, 9.5, 2.0, 2.5],
    "count": [1, 2, 3, 4, 5, 4, 3, 2],
    "kind": [1, 0, 1, 0, 1, 0, 0, 1],
}
MIXED = NUMBERS | {
    "color": ["red", "blue", None, "red", "green, dark", "blue", "red", "blue"],
    "sold": [True, False, True, True, None, False, True, False],
    "day": pl.Series(
        ["2024-01-31", None, *["2023-12-01", "2024-02-29"] * 3], dtype=pl.String
    ).str.to_date(),
}


def _csv(frame: pl.DataFrame, folder: Path) -> object:
    frame.write_csv(folder / "table.csv")
    return folder / "table.csv"


def _semicolons(frame: pl.DataFrame, folder: Path) -> object:
    frame.write_csv(folder / "table.csv", separator=";")
    return folder / "table.csv"


def _tsv(frame: pl.DataFrame, folder: Path) -> object:
    frame.write_csv(folder / "table.tsv", separator="\t")
    return str(folder / "table.tsv")


def _parquet(frame: pl.DataFrame, folder: Path) -> object:
    frame.write_parquet(folder / "table.parquet")
    return folder / "table.parquet"


def _narrow_parquet(frame: pl.DataFrame, folder: Path) -> object:
    narrow = frame.with_columns(
        pl.col("width").cast(pl.Float32), pl.col("count").cast(pl.UInt8)
    )
    return _parquet(narrow, folder)


def _arrow(frame: pl.DataFrame, folder: Path) -> object:
    frame.write_ipc(folder / "table.arrow")
    return folder / "table.arrow"


def _feather(frame: pl.DataFrame, folder: Path) -> object:
    frame.write_ipc(folder / "table.feather", compression="zstd")
    return folder / "table.feather"


def _json_lines(frame: pl.DataFrame, folder: Path) -> object:
    frame.write_ndjson(folder / "table.jsonl")
    return folder / "table.jsonl"


def _polars(frame: pl.DataFrame, folder: Path) -> object:
    return frame


def _lazy(frame: pl.DataFrame, folder: Path) -> object:
    return frame.lazy()


def _categorical(frame: pl.DataFrame, folder: Path) -> object:
    return frame.with_columns(pl.col(pl.String).cast(pl.Categorical))


def _pandas(frame: pl.DataFrame, folder: Path) -> object:
    return pd.DataFrame(frame.to_dict(as_series=False))


def _pandas_typed(frame: pl.DataFrame, folder: Path) -> object:
    typed = pd.DataFrame(frame.to_dict(as_series=False)).convert_dtypes()
    if "color" in typed:
        typed["color"] = typed["color"].astype("category")
        typed["day"] = pd.to_datetime(typed["day"])
    return typed


def _mapping(frame: pl.DataFrame, folder: Path) -> object:
    return frame.to_dict(as_series=False)


def _arrays(frame: pl.DataFrame, folder: Path) -> object:
    inputs = frame.drop("kind").to_numpy().astype(np.float64)
    frame = pl.DataFrame(inputs, schema=["width", "count"])
    return frame, frame_target(MIXED)


def frame_target(columns: dict[str, list]) -> pl.Series:
    return pl.Series("kind", columns["kind"])


def _npz(frame: pl.DataFrame, folder: Path) -> object:
    # An archive does not name its target, so reassemble the table.
    path = folder / "table.npz"
    np.savez(
        path,
        inputs=frame.drop("kind").to_numpy().astype(np.float64),
        targets=frame["kind"].to_numpy(),
        feature_names=np.array(["width", "count"]),
    )
    return read(path).rename({"target": "kind"})


FORMATS = [
    _csv,
    _semicolons,
    _tsv,
    _parquet,
    _narrow_parquet,
    _arrow,
    _feather,
    _json_lines,
    _polars,
    _lazy,
    _categorical,
    _pandas,
    _pandas_typed,
    _mapping,
]


def _same(one: Dataset, two: Dataset) -> None:
    assert one.fingerprint == two.fingerprint
    assert one.task == two.task
    assert one.frame.columns == two.frame.columns
    for left, right in zip(one.columns, two.columns, strict=True):
        assert (left.name, left.kind, left.used) == (right.name, right.kind, right.used)
        assert left.num_missing == right.num_missing
        assert left.num_distinct == right.num_distinct
        assert one.frame[left.name].to_list() == two.frame[left.name].to_list()
    np.testing.assert_array_equal(one.target, two.target)


@pytest.mark.parametrize("write", FORMATS)
def test_every_format_gives_the_same_dataset(write, tmp_path):
    frame = pl.DataFrame(MIXED)
    wanted = load(frame, target="kind")
    assert [c.kind for c in wanted.columns] == [
        "number",
        "number",
        "category",
        "boolean",
        "date",
    ]
    _same(load(write(frame, tmp_path), target="kind"), wanted)


@pytest.mark.parametrize("write", [*FORMATS, _arrays, _npz])
def test_every_format_gives_the_same_numbers(write, tmp_path):
    frame = pl.DataFrame(NUMBERS)
    wanted = load(frame, target="kind")
    given = write(frame, tmp_path)
    _same(load(given, target=None if write is _arrays else "kind"), wanted)


def test_every_source_is_reached_by_some_test():
    covered = {"builtin", "csv", "parquet", "arrow", "json_lines", "npz"}
    # tested in test_images, test_series and test_map_style
    of_cells = {"folder", "npy", "ts", "hugging_face", "image"}
    assert set(REGISTRY) == covered | of_cells | {
        "arrays",
        "frame",
        "map_style",
        "remote",
    }
    for name, source in REGISTRY.items():
        assert source.name == name
        assert source.summary
        assert get(name) is source


def test_get_names_the_nearest():
    with pytest.raises(InputError, match="Did you mean 'parquet'"):
        get("parket")


@pytest.mark.parametrize(
    ("name", "loader", "options"),
    [
        ("breast_cancer", datasets.load_breast_cancer, {}),
        ("diabetes", datasets.load_diabetes, {"scaled": False}),
        ("digits", datasets.load_digits, {}),
        ("iris", datasets.load_iris, {}),
        ("wine", datasets.load_wine, {}),
    ],
)
def test_builtins_equal_the_loaders_of_scikit_learn(name, loader, options):
    dataset, wanted = load(name), loader(**options)
    assert dataset.name == dataset.source == name
    assert dataset.frame.columns == list(wanted.feature_names)
    np.testing.assert_array_equal(dataset.frame.to_numpy(), wanted.data)
    if dataset.task.kind == "regression":
        np.testing.assert_array_equal(dataset.target, wanted.target)
        return
    given = np.array(dataset.task.classes)[dataset.target]
    np.testing.assert_array_equal(given, wanted.target_names[wanted.target])
    assert sorted(wanted.target_names) == list(dataset.task.classes)


def test_builtins_are_five_tables_images_and_series():
    tables = {"breast_cancer", "diabetes", "digits", "iris", "wine"}
    assert set(BUILTINS) == tables | {"mnist1d", "mnist_5000"}
    sizes = {
        name: (load(name).num_examples, load(name).num_features) for name in tables
    }
    assert sizes == {
        "breast_cancer": (569, 30),
        "diabetes": (442, 10),
        "digits": (1797, 64),
        "iris": (150, 4),
        "wine": (178, 13),
    }


def test_loading_a_builtin_imports_neither_scikit_learn_nor_pandas():
    program = (
        "import sys\n"
        "from assay.data import look, load, split\n"
        "dataset = load('digits')\n"
        "look(dataset, split(dataset, seed=0), 1000)\n"
        "heavy = {'sklearn', 'scipy', 'pandas', 'jax', 'pyarrow'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    source = Path(__file__).parents[3] / "src"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": str(source)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


def test_arrays_are_named_by_position():
    rng = np.random.default_rng(0)
    dataset = load((rng.normal(size=(30, 3)), rng.normal(size=(30, 1))))
    assert dataset.frame.columns == ["feature_0", "feature_1", "feature_2"]
    assert dataset.task.target == "target"
    assert (
        load({"X": rng.normal(size=(9, 2)), "y": [0, 1, 0] * 3}).task.kind == "binary"
    )


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.int8, np.uint64, bool])
def test_arrays_of_any_number_are_read(dtype):
    inputs = np.array([[0, 1], [1, 0], [1, 1], [0, 0]], dtype=dtype)
    dataset = load((inputs, np.array(["a", "b", "a", "b"], dtype=object)))
    np.testing.assert_array_equal(dataset.frame.to_numpy(), inputs)
    assert dataset.task.classes == ("a", "b")


def test_a_series_or_a_one_column_frame_names_the_target():
    frame = pl.DataFrame({"a": [1.0, 2.0, 3.0]})
    column = pl.DataFrame({"height": [0.5, 1.5, 2.25]})
    assert load((frame, column)).task.target == "height"
    assert load((frame, column["height"])).task.target == "height"
    assert (
        load((frame.to_pandas(), column["height"].to_pandas())).task.target == "height"
    )


def test_a_dataset_is_taken_as_it_is():
    dataset = load("iris")
    assert load(dataset) is dataset


def test_read_needs_no_target(tmp_path):
    path = tmp_path / "new.csv"
    path.write_text("a,b\n1,x\n")
    assert read(path).to_dict(as_series=False) == {"a": ["1"], "b": ["x"]}
    assert read(np.ones((2, 2))).columns == ["feature_0", "feature_1"]


def test_csv_oddities_are_understood(tmp_path):
    path = tmp_path / "odd.csv"
    path.write_bytes(
        b'\xef\xbb\xbf,size , note,y\r\n0, 1.5 ,"a, ""b""",u\r\n\r\n1,NA,"c\nd",v\r\n'
        b"2,,x,u\r\n,,,\r\n"
    )
    frame = read(path)
    assert frame.columns == ["column_0", "size", "note", "y"]
    dataset = load(path, target="y")
    assert dataset.frame["size"].to_list() == [1.5, None, None]
    assert dataset.frame["note"].to_list() == ['a, "b"', "c\nd", "x"]
    assert "1 empty line was left out." in dataset.notes
    assert "1 row without any value was left out." in dataset.notes


def test_a_single_column_keeps_its_empty_lines_as_missing(tmp_path):
    path = tmp_path / "one.csv"
    path.write_text("a\n1\n\n2\n")
    assert read(path)["a"].to_list() == ["1", None, "2"]


def test_a_target_is_taken_by_its_name_and_that_is_noted():
    columns = {"a": [1.0, 2.0, 4.0], "Label": ["u", "v", "u"]}
    dataset = load(columns)
    assert dataset.task.target == "Label"
    assert dataset.notes[0] == "The target is 'Label', judging by its name."
    with pytest.raises(InputError, match="`target in columns` must hold"):
        load(columns | {"y": [1, 2, 3]})


def test_jsonl_with_mixed_cells_and_absent_keys(tmp_path):
    path = tmp_path / "mixed.jsonl"
    lines = ['{"a": 1, "y": "u"}', '{"a": "2", "b": 3.5, "y": "v"}', '{"a":4,"y":"u"}']
    path.write_text("\n".join(lines))
    dataset = load(path, target="y")
    assert dataset.frame["a"].to_list() == [1.0, 2.0, 4.0]
    assert dataset.frame["b"].to_list() == [None, 3.5, None]


SWAPPED_SERIES = (
    "X, of shape (60, 3, 50), was interpreted as 60 series of 3 steps with 50 "
    "channels. If its axes are (series, channels, steps), write X.transpose(0, 2, 1)."
)
SWAPPED_IMAGES = (
    "X, of shape (60, 3, 5, 4), was interpreted as 60 images of 3 x 5 pixels with 4 "
    "channels. If its axes are (images, channels, height, width), write "
    "X.transpose(0, 2, 3, 1)."
)


@pytest.mark.parametrize(
    ("shape", "note"),
    [
        ((60, 3, 50), SWAPPED_SERIES),
        ((60, 50, 3), None),
        ((60, 8, 8), None),
        ((60, 3, 5, 4), SWAPPED_IMAGES),
        ((60, 5, 4, 3), None),
    ],
)
def test_axes_in_the_order_of_another_framework_are_noted(shape, note, tmp_path):
    inputs = np.random.default_rng(0).normal(size=shape)
    targets = np.arange(60) % 2
    np.savez(tmp_path / "a.npz", X=inputs, y=targets)
    for source in ((inputs, targets), tmp_path / "a.npz"):
        notes = [text for text in load(source).notes if "was interpreted as" in text]
        assert notes == ([note] if note else [])


def test_columns_that_only_the_test_data_have_are_noted():
    train = {"w": [*range(9)], "y": ["a", "b", "a"] * 3}
    test = {"late": [1] * 9, **train}
    notes = load(train, target="y", test_data=test).notes
    assert "Test set: these columns are not in the training data: ['late']." in notes


@pytest.mark.parametrize("form", [_csv, _parquet, lambda frame, _: frame])
def test_names_that_polars_takes_for_patterns_are_refused(tmp_path, form):
    frame = pl.DataFrame(NUMBERS).rename({"width": "^w.*$"})
    with pytest.raises(InputError, match=r"must not start with .* \['\^w\.\*\$'\]"):
        load(form(frame, tmp_path), target="kind")
    load(form(frame.rename({"^w.*$": "^w"}), tmp_path), target="kind")
