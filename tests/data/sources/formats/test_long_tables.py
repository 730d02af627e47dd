"""Sequences from long tables may have unequal lengths and gaps; faults are reported."""

import json

import numpy as np
import polars as pl
import pytest

from assay._errors import InputError
from assay.data import Layout, Preparation, load, look, read, row_names, split

N = 10
RNG = np.random.default_rng(0)
LABELS = ["up" if i % 2 else "down" for i in range(N)]
EVEN = [RNG.normal(size=(7, 2)).astype(np.float32) for _ in range(N)]
UNEVEN = [RNG.normal(size=(3 + i % 4, 2)).astype(np.float32) for i in range(N)]
SINGLE = [one[:, :1] for one in UNEVEN]


def _long(series, folder):
    rows = [
        {"who": f"s{i}", "when": t, "a": float(v[0]), "b": float(v[-1]), "y": LABELS[i]}
        for i, one in enumerate(series)
        for t, v in enumerate(one)
    ]
    frame = pl.DataFrame(rows).sample(fraction=1.0, shuffle=True, seed=1)
    if series is SINGLE:
        frame = frame.drop("b")
    # The order of the sequences is that of their first rows; keep the given order.
    first = frame.sort("who", maintain_order=True)
    first.write_csv(folder / "long.csv")
    return folder / "long.csv"


def _parquet(series, folder):
    cells = [
        one[:, 0].tolist() if one.shape[1] == 1 else one.tolist() for one in series
    ]
    pl.DataFrame({"x": cells, "y": LABELS}).write_parquet(folder / "s.parquet")
    return folder / "s.parquet"


def _npz(series, folder):
    longest = max(map(len, series))
    padded = np.full((N, longest, series[0].shape[1]), 99.0)
    for i, one in enumerate(series):
        padded[i, : len(one)] = one
    lengths = np.array([len(one) for one in series])
    np.savez(folder / "s.npz", X=padded, y=np.array(LABELS), lengths=lengths)
    return folder / "s.npz"


def _ts(series, folder):
    dimensions = series[0].shape[1]
    lines = [
        "# a comment",
        "@problemName Small",
        "@timeStamps false",
        f"@univariate {str(dimensions == 1).lower()}",
        "@classLabel true down up",
        "@data",
    ]
    for one, label in zip(series, LABELS, strict=True):
        channels = [",".join(repr(float(v)) for v in part) for part in one.T]
        lines.append(":".join([*channels, label]))
    (folder / "small.ts").write_text("\n".join(lines) + "\n")
    return folder / "small.ts"


def _lists(series, folder):
    return series, LABELS


@pytest.mark.parametrize(
    "series", [EVEN, UNEVEN, SINGLE], ids=["even", "uneven", "single"]
)
@pytest.mark.parametrize("write", [_long, _parquet, _npz, _ts, _lists])
def test_every_source_gives_the_same_series(series, write, tmp_path):
    more = {"series_column": "who", "time_column": "when"} if write is _long else {}
    target = "y" if write in (_long, _parquet) else None
    dataset = load(write(series, tmp_path), target=target, **more)
    (column,) = [column for column in dataset.columns if column.used]
    assert (column.kind, column.num_distinct) == ("sequence", N)
    held = dataset.frame[column.name].to_list()
    for cell, wanted in zip(held, series, strict=True):
        np.testing.assert_array_equal(np.array(cell, np.float32), wanted)
    assert [dataset.task.classes[i] for i in dataset.target] == LABELS
    _check_prepared(Preparation.fit(dataset, np.arange(N)), dataset, series)


def _check_prepared(preparation, dataset, series):
    flat = np.concatenate(series).astype(np.float64)
    mean, std = flat.mean(0), flat.std(0)
    inputs = preparation.transform(dataset)
    if series is EVEN:
        np.testing.assert_allclose(inputs, (np.stack(series) - mean) / std, atol=1e-5)
        assert preparation.input_shape == (7, 2)
        return
    assert inputs["lengths"].tolist() == [len(one) for one in series]
    assert inputs["lengths"].dtype == np.int32
    assert (
        preparation.input_shape == inputs["values"].shape[1:] == (8, series[0].shape[1])
    )
    for row, one in zip(inputs["values"], series, strict=True):
        np.testing.assert_allclose(row[: len(one)], (one - mean) / std, atol=1e-5)
        assert not row[len(one) :].any()
    again = Preparation.from_json(json.loads(json.dumps(preparation.to_json())))
    assert again == preparation
    np.testing.assert_array_equal(again.transform(dataset)["values"], inputs["values"])


def test_other_rows_do_not_change_what_is_learned():
    spoiled = [one if i < 6 else one * 1e6 for i, one in enumerate(UNEVEN)]
    rows = np.arange(6)
    one = Preparation.fit(load((UNEVEN, LABELS)), rows)
    other = Preparation.fit(load((spoiled, LABELS)), rows)
    assert one.to_json() == other.to_json()


def test_a_long_table_is_read_likewise_for_prediction(tmp_path):
    more = {"series_column": "who", "time_column": "when"}
    path = _long(UNEVEN, tmp_path)
    dataset = load(path, target="y", **more)
    preparation = Preparation.fit(dataset, np.arange(N))
    preparation = Preparation.from_json(preparation.to_json())
    wanted = preparation.transform(dataset)
    # Here the target is a number, but it was not a channel in training.
    fresh = pl.read_csv(path).with_columns(y=pl.lit(5.0))
    wanted_names = [f"s{i}" for i in range(N)]
    for given in (path, fresh, fresh.drop("y")):
        names = row_names(given, preparation.layout)
        assert names is not None and names.to_list() == wanted_names
    assert row_names(dataset.frame, preparation.layout) is None
    assert row_names(path, Layout()) is None
    for given in (path, fresh, fresh.drop("y"), dataset.frame):
        found = preparation.transform(given)
        np.testing.assert_array_equal(found["values"], wanted["values"])
        np.testing.assert_array_equal(found["lengths"], wanted["lengths"])


def test_longer_series_are_cut_and_other_shapes_refused():
    uneven = Preparation.fit(load((SINGLE, LABELS)), np.arange(N))
    long = uneven.transform({"X": [np.arange(20.0), np.arange(2.0)], "y": [0, 1]})
    assert long["lengths"].tolist() == [8, 2]
    even = Preparation.fit(load((EVEN, LABELS)), np.arange(N))
    with pytest.raises(InputError, match=r"\.shape == \(7, 2\)"):
        even.transform(np.ones((3, 6, 2)))
    with pytest.raises(InputError, match=r"\.shape == \(7, 2\)"):
        even.transform((UNEVEN, LABELS))


def test_gaps_lie_on_the_line_between_their_neighbors():
    values = [[1.0, None, 3.0, None], [None, 4.0, None, 8.0], [2.0, 5.0, 1.0, 0.0]]
    dataset = load({"x": values, "y": ["a", "b", "a"]})
    assert dataset.columns[0].reason.endswith("number of missing values: 4")
    inputs = Preparation.fit(dataset, np.arange(3)).transform(dataset)[..., 0]
    filled = np.array([[1, 2, 3, 3], [4, 4, 6, 8], [2, 5, 1, 0]])
    np.testing.assert_allclose(
        inputs, (filled - filled.mean()) / filled.std(), atol=1e-6
    )


def test_a_channel_without_any_value_takes_the_mean():
    values = np.ones((4, 3, 2))
    values[:, :, 1] = np.arange(3)
    values[1, :, 0] = np.nan
    values[2, :, 0] = 5
    dataset = load((values, [0, 1, 0, 1]), kinds={"X": "sequence"})
    inputs = Preparation.fit(dataset, np.arange(4)).transform(dataset)
    assert np.isfinite(inputs).all()
    filled = np.array([1, 7 / 3, 5, 1])
    wanted = (filled - filled.mean()) / filled.std()
    np.testing.assert_allclose(inputs[:, 0, 0], wanted, rtol=1e-5)


def test_ts_files_with_gaps_targets_and_dimensions_of_unequal_length(tmp_path):
    path = tmp_path / "costs.ts"
    path.write_text(
        "@problemName costs\n@timestamps false\n@univariate false\n@targetlabel true\n"
        "@data\n1,2,?:4,5:0.5\n1,2,3:4,5,6:1.5\n\n7,?,9:1,2,3:2.5\n"
    )
    dataset = load(path)
    assert dataset.task.kind == "regression"
    assert dataset.target.tolist() == [0.5, 1.5, 2.5]
    cells = dataset.frame["series"].to_numpy()
    nan = np.nan
    wanted = [[[1, 4], [2, 5], [nan, nan]], [[1, 4], [2, 5], [3, 6]]]
    np.testing.assert_array_equal(cells[:2], wanted)
    np.testing.assert_array_equal(cells[2], [[7, 1], [nan, 2], [9, 3]])


def test_a_test_file_beside_a_training_file_is_the_test_part(tmp_path):
    one, two = tmp_path / "Small_TRAIN.ts", tmp_path / "Small_TEST.ts"
    _ts(UNEVEN, tmp_path).rename(one)
    _ts(UNEVEN[::-1], tmp_path).rename(two)
    dataset = load(one)
    assert (dataset.name, dataset.num_test) == ("Small", N)
    assert dataset.notes[0] == "The test set is Small_TEST.ts."
    assert load(tmp_path).fingerprint == dataset.fingerprint
    assert load(two).num_test == 0
    parts = split(dataset, seed=0)
    assert parts.by == "given"
    assert parts.test.tolist() == list(range(N, 2 * N))
    assert sorted([*parts.train, *parts.val]) == list(range(N))
    assert len(parts.val) == 2
    assert sorted(dataset.target[parts.val]) == [0, 1]
    assert split(dataset, seed=0).hash == parts.hash
    assert split(dataset, seed=1).test_hash == parts.test_hash
    assert split(dataset, seed=0, by="random").by == "random"


def test_any_source_may_be_given_as_the_test_part(tmp_path):
    _parquet(SINGLE, tmp_path)
    dataset = load(
        tmp_path / "s.parquet",
        target="y",
        test_data={"y": ["up", "down"], "x": [[1.0, 2.0], [3.0, 4.0]]},
    )
    assert (dataset.num_examples, dataset.num_test) == (N + 2, 2)
    assert dataset.frame["x"].to_list()[-1] == [[3.0], [4.0]]
    table = load("iris", test_data=read("iris")[:20])
    assert split(table, seed=0).test.tolist() == list(range(150, 170))


def test_given_test_parts_that_do_not_fit(tmp_path):
    with pytest.raises(InputError, match="lacks the columns ..petal length .cm.'"):
        load(
            "iris", test_data=read("iris").rename({"petal length (cm)": "petal length"})
        )
    with pytest.raises(InputError, match="num_test >= 1"):
        split(load("iris"), seed=0, by="given")
    _ts(EVEN, tmp_path).rename(tmp_path / "S_TRAIN.ts")
    _ts(EVEN, tmp_path).rename(tmp_path / "S_TEST.ts")
    with pytest.raises(InputError, match="num_test == 0.*already has a test set"):
        load(tmp_path, test_data=tmp_path / "S_TEST.ts")
    pair = load({"x": [[1.0], [2.0]], "y": [0, 1]}, test_data={"x": [[3.0]], "y": [1]})
    with pytest.raises(InputError, match="min.sizes. >= 1"):
        split(pair, seed=0, fractions=(0.9, 0.05, 0.05))


def test_archives_with_parts_bring_their_test_part(tmp_path):
    values = RNG.normal(size=(9, 5, 4))
    for form in ("{}_{}", "{1}_{0}"):
        parts = {"train": slice(5), "val": slice(5, 7), "test": slice(7, 9)}
        held = {form.format("X", p): values[rows] for p, rows in parts.items()}
        held |= {
            form.format("y", p): np.arange(9)[rows] % 2 for p, rows in parts.items()
        }
        np.savez(tmp_path / "parts.npz", **held)
        dataset = load(tmp_path / "parts.npz")
        assert dataset.num_test == 2
        np.testing.assert_allclose(dataset.frame["X"].to_numpy(), values, rtol=1e-6)
        assert dataset.target.tolist() == [0, 1, 0, 1, 0, 1, 0, 1, 0]


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("@univariate true\n1,2:a\n", ["No @data line was found"]),
        ("@univariate maybe\n@data\n1,2\n1,3\n", ["Write @univariate true"]),
        (
            "@timestamps true\n@data\n(1,2)\n",
            ["Series with timestamps are not"],
        ),
        (
            "@classLabel true a b\n@dimensions 2\n@data\n1,2:a\n1:2:c\n1:x:a\n1:2:b\n",
            [
                r"num_wrong=3. .*line 4 \(1 dimensions instead of 2\), line 5 \(the "
                r"class 'c' is not listed in @classLabel\), line 6 \(could not"
            ],
        ),
        ("@classLabel true a b\n@data\n1,inf:a\n", ["an infinite number"]),
        ("@classLabel false\n@data\n", ["num_series >= 1"]),
        ("@classLabel false\n@data\n1:2\n1\n", [r"len\(dimensions\) == 1"]),
    ],
)
def test_broken_ts_files_are_told_line_by_line(text, messages, tmp_path):
    (tmp_path / "x.ts").write_text(text)
    with pytest.raises(InputError) as caught:
        load(tmp_path / "x.ts")
    for message in messages:
        caught.match(message)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"series_column": "wo"}, "Did you mean 'who'"),
        ({"time_column": "hour"}, "time_column in columns"),
        ({"time_column": "a"}, "num_repeated == 0.*'a' has repeated values"),
        ({"target": "a"}, "num_changing == 0.*'a' changes in .*'s0', 's1'"),
        ({"target": "steady", "series_column": "who"}, "num_channels >= 1"),
    ],
)
def test_long_tables_that_do_not_fit(change, message):
    frame = pl.DataFrame(
        {
            "who": ["s0", "s0", "s1", "s1"],
            "when": [0, 1, 0, 1],
            "a": [2.0, 2.5, 1.0, 1.0],
            "y": ["u", "u", "v", "v"],
        }
    )
    if change.get("target") == "steady":
        frame = frame.drop("a", "when").with_columns(steady=pl.Series([1, 1, 2, 2]))
        change = {"target": "steady"}
    if change.get("target") == "a":
        frame = frame.with_columns(a=pl.Series([1.0, 2.0, 3.0, 4.0]))
    asked = {"target": "y", "series_column": "who"} | change
    with pytest.raises(InputError, match=message):
        load(frame, **asked)


def test_lists_that_are_no_series():
    with pytest.raises(
        InputError, match="num_empty=1.*'x' has no steps in these rows: 1"
    ):
        load({"x": [[1.0], []], "y": [0, 1]})
    with pytest.raises(InputError, match=r"num_missing\['x'\] == 0"):
        load({"x": [[1.0], None], "y": [0, 1]})
    with pytest.raises(InputError, match="finite.*contain infinite numbers or NaN: 0"):
        load({"x": [[np.inf, 1.0], [1.0, 2.0]], "y": [0, 1]})
    with pytest.raises(InputError, match="must be an array .steps, channels"):
        load({"x": [[[1.0], [1.0, 2.0]], [[3.0]]], "y": [0, 1]})
    with pytest.raises(InputError, match="only one column of images"):
        load({"x": [[1.0, 2.0], [1.0]], "z": [[1.0], [2.0, 3.0]], "y": [0, 1]})
    for lengths, told in (
        ([1, 9], "1 <= lengths <= 2"),
        ([1.0, 2.0], r"Write lengths.astype\(int\)"),
    ):
        with pytest.raises(InputError, match=told):
            load({"X": np.ones((2, 2)), "y": [0, 1], "lengths": np.array(lengths)})


def test_series_that_never_vary_are_pointed_out():
    flat = np.broadcast_to(np.array([7, 3], np.float32), (4, 2))
    series = [*UNEVEN[:3], flat, *UNEVEN[4:], np.full((3, 2), np.nan)]
    found = {f.code: f for f in look(load((series, [*LABELS, "up"])))}
    assert found["blank_examples"].numbers["rows"] == [3, 10]
    assert "blank_examples" not in {f.code for f in look(load((UNEVEN, LABELS)))}


def test_no_rows_make_no_inputs():
    none = np.array([], dtype=int)
    for series in (EVEN, UNEVEN):
        dataset = load((series, LABELS))
        preparation = Preparation.fit(dataset, np.arange(N))
        inputs = preparation.transform(dataset, none)
        values = inputs["values"] if isinstance(inputs, dict) else inputs
        assert values.shape == (0, *preparation.input_shape)


def test_series_of_mnist1d_are_those_published():
    pytest.importorskip("mnist1d")
    state = np.random.get_state()[1].copy()
    dataset = load("mnist1d")
    np.testing.assert_array_equal(np.random.get_state()[1], state)
    assert (dataset.num_examples, dataset.num_test) == (5000, 1000)
    assert dataset.frame["series"].dtype.shape == (40, 1)
    # The classes of the first ten sequences in the published data set.
    assert np.bincount(dataset.target).tolist() == [500] * 10


def test_the_name_of_a_series_is_no_news():
    names = [f"s{i}" for i in range(120) for _ in range(3)]
    values = np.random.default_rng(0).normal(size=360)
    table = {"who": names, "a": values, "y": [name[-1] < "5" for name in names]}
    dataset = load(table, target="y", series_column="who")
    assert {column.name: column.kind for column in dataset.columns}["who"] == "id"
    assert "id_column" not in {finding.code for finding in look(dataset)}


LONG = {"series_column": "who", "time_column": "when"}


def _two_channels(num_series=8):
    rng = np.random.default_rng(3)
    rows = [
        {"who": f"s{i}", "when": t, "a": rng.normal(), "b": 100 * rng.normal()}
        for i in range(num_series)
        for t in range(5)
    ]
    return pl.DataFrame(rows).with_columns(
        y=pl.when(pl.col("who").str.slice(1).cast(int) % 2 == 0)
        .then(pl.lit("u"))
        .otherwise(pl.lit("v"))
    )


def test_channels_are_found_by_name_for_prediction():
    frame = _two_channels()
    preparation = Preparation.fit(load(frame, target="y", **LONG), np.arange(8))
    preparation = Preparation.from_json(json.loads(json.dumps(preparation.to_json())))
    wanted = preparation.transform(frame)
    number = pl.Series("0", np.arange(40.0))
    for fresh in (
        frame.select("who", "when", "b", "a"),
        frame.select("b", "when", "y", "a", "who"),
        frame.drop("y").insert_column(0, number),
        frame.with_columns(c=pl.col("a") * 2),
    ):
        np.testing.assert_array_equal(preparation.transform(fresh), wanted)


def test_decimal_commas_are_read_in_channels_and_times():
    def with_commas(frame):
        texts = (
            pl.col(name).cast(pl.String).str.replace(".", ",", literal=True)
            for name in ("a", "b", "when")
        )
        return frame.with_columns(texts)

    frame = _two_channels().with_columns(a=pl.col("a") * 1.5, when=pl.col("when") / 2)
    styled = load(with_commas(frame), target="y", **LONG)
    assert any("Commas are decimal separators in" in note for note in styled.notes)
    plain = load(frame, target="y", **LONG)
    rows = np.arange(8)
    wanted = Preparation.fit(plain, rows).transform(plain)
    preparation = Preparation.fit(styled, rows)
    np.testing.assert_array_equal(preparation.transform(styled), wanted)
    # alone, the commas of new rows could also separate thousands
    preparation = Preparation.from_json(json.loads(json.dumps(preparation.to_json())))
    new = frame.with_columns(a=pl.lit(1.125), b=pl.lit(2.25))
    few = with_commas(new).with_columns(a=pl.lit("1,125"))
    np.testing.assert_array_equal(
        preparation.transform(few), preparation.transform(with_commas(new))
    )


def test_channels_are_found_by_name_in_test_data():
    train, test = _two_channels(), _two_channels(4)
    wanted = load(train, target="y", test_data=test, **LONG)
    for other in (
        test.select("y", "b", "a", "when", "who"),
        test.with_columns(c=pl.col("a") * 2),
    ):
        dataset = load(train, target="y", test_data=other, **LONG)
        assert dataset.fingerprint == wanted.fingerprint
        assert dataset.num_test == 4


def test_missing_channels_are_named():
    frame = _two_channels()
    preparation = Preparation.fit(load(frame, target="y", **LONG), np.arange(8))
    message = (
        "The source lacks the channel 'b'. Add it, or rename one of who, when, a, y, "
        "bb. Did you mean 'bb'?"
    )
    renamed = frame.drop("b").with_columns(bb=pl.col("a"))
    with pytest.raises(InputError) as caught:
        preparation.transform(renamed)
    assert list(caught.value.faults) == [message]
    with pytest.raises(InputError) as caught:
        load(frame, target="y", test_data=renamed, **LONG)
    assert list(caught.value.faults) == [message.replace("The source", "test_data")]


@pytest.mark.parametrize("padded", [False, True])
def test_channels_of_an_archive_go_by_name_if_it_has_names(padded, tmp_path):
    values = RNG.normal(size=(6, 7, 2))
    lengths = {"lengths": np.array([7, 6, 5, 4, 7, 7])} if padded else {}

    def write(order, names):
        path = tmp_path / f"{order}{names}.npz"
        more = {"feature_names": np.array(["a", "b"])[order]} if names else {}
        np.savez(path, X=values[..., order], y=[0, 1] * 3, **lengths, **more)
        return path

    named = load(write([0, 1], True))
    assert named.layout.channels == ("a", "b")
    preparation = Preparation.fit(named, np.arange(6))
    wanted, found = (
        preparation.transform(source) for source in (named, write([1, 0], True))
    )
    if padded:
        np.testing.assert_array_equal(found["values"], wanted["values"])
    else:
        np.testing.assert_array_equal(found, wanted)
    by_position = preparation.transform(write([0, 1], False))
    if not padded:
        np.testing.assert_array_equal(by_position, wanted)


def test_series_without_targets_are_told_where_to_write_them(tmp_path):
    path = tmp_path / "a.ts"
    path.write_text("@classLabel false\n@data\n1,2,3\n2,3,4\n")
    with pytest.raises(
        InputError, match="sequences have no targets.*'@classLabel true'"
    ):
        load(path)


@pytest.mark.parametrize("cells", [["a", "a ", "b", "b"], ["1", "1.0", "2", "2"]])
def test_equal_targets_of_a_series_may_be_written_differently(cells):
    columns = {"id": [1, 1, 2, 2, 3, 3, 4, 4], "t": [0, 1] * 4, "v": range(8)}
    frame = pl.DataFrame({**columns, "y": cells * 2}, strict=False)
    dataset = load(frame, target="y", series_column="id", time_column="t")
    assert dataset.target.tolist() == [0, 1, 0, 1]
