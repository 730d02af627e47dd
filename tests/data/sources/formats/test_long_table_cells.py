"""Times, numbers and targets of long tables may be written in several ways."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from assay._errors import InputError
from assay.data import Layout, Preparation, load, row_names

OPTIONS = {"target": "y", "series_column": "unit", "time_column": "t"}


def _load(tmp_path, cells):
    """Load four series of three steps, with the cells (t, v, y) of each step."""
    lines = [
        ",".join([str(unit), *cells(unit, step)])
        for unit in range(4)
        for step in (2, 0, 1)
    ]
    path = tmp_path / "long.csv"
    path.write_text("\n".join(["unit,t,v,y", *lines, ""]))
    return load(path, **OPTIONS)


def _steps(data):
    return [[value for (value,) in series] for series in data.frame["series"].to_list()]


@pytest.mark.parametrize(
    "form", ["{}/01/2024", "{}.1.2024", "{}. Januar 2024", "{}JAN2024"]
)
def test_times_are_dates_of_any_notation(form, tmp_path):
    data = _load(tmp_path, lambda u, t: (form.format(13 + t), f"{u}{t}", "pq"[u % 2]))
    assert _steps(data) == [[10 * u, 10 * u + 1, 10 * u + 2] for u in range(4)]


def test_ambiguous_times_are_named(tmp_path):
    with pytest.raises(InputError) as caught:
        _load(tmp_path, lambda u, t: (f"{1 + t}/2/2024", f"{u}{t}", "pq"[u % 2]))
    assert list(caught.value.faults) == [
        "Every row of 't' must contain a number or a date. Day and month could be "
        "swapped in dates such as '3/2/2024'; write them as 2024-12-31."
    ]


def test_points_may_separate_thousands(tmp_path):
    data = _load(tmp_path, lambda u, t: (str(t), f"{1 + u}.{100 + t}.000", "pq"[u % 2]))
    assert _steps(data)[1] == [2_100_000, 2_101_000, 2_102_000]


def test_the_target_may_stand_in_one_row_of_each_series(tmp_path):
    data = _load(
        tmp_path, lambda u, t: (str(t), f"{u}{t}", "pq"[u % 2] if t == 1 else "")
    )
    assert data.target.tolist() == [0, 1, 0, 1]
    assert data.num_examples == 4


def test_a_target_that_changes_is_refused(tmp_path):
    with pytest.raises(InputError, match="Write the same value in all rows of a"):
        _load(tmp_path, lambda u, t: (str(t), f"{u}{t}", ("p", "", "q")[t]))


def _long(tmp_path, cells):
    path = tmp_path / "long.csv"
    path.write_text("id,t,v,y\n" + "".join(f"{cell}\n" for cell in cells))
    return path


def test_spaces_around_names_of_series_do_not_matter(tmp_path):
    cells = [
        f"{' ' * (t % 2)}p{k}{' ' * (t == 2)},{t},{k * t}.5,{k % 2}"
        for k in range(20)
        for t in range(3)
    ]
    options = {"series_column": "id", "time_column": "t"}
    path = _long(tmp_path, cells)
    dataset = load(path, target="y", **options)
    assert dataset.num_examples == 20
    assert dataset.frame["series"].to_numpy()[3, :, 0].tolist() == [0.5, 3.5, 6.5]
    names = row_names(path, Layout(**options))
    assert names is not None and names.to_list() == [f"p{k}" for k in range(20)]


def test_the_only_channel_with_a_typo_is_named(tmp_path):
    cells = [
        f"{k},{t},{'bad' if k + t == 7 else k}.5,{k % 2}"
        for k in range(20)
        for t in range(3)
    ]
    with pytest.raises(InputError, match="To use 'v' as a channel.*'bad.5'"):
        load(_long(tmp_path, cells), target="y", series_column="id", time_column="t")


def test_ignored_columns_do_not_become_channels():
    table = pl.DataFrame({"id": [k // 3 for k in range(18)], "t": [0, 1, 2] * 6})
    table = table.with_columns(a=pl.int_range(18), b=pl.int_range(18), site=pl.lit("x"))
    table = table.with_columns(kind=pl.Series([k // 3 % 2 for k in range(18)]))
    columns = {"series_column": "id", "time_column": "t"}
    dataset = load(table, target="kind", ignore=["b", "site"], **columns)
    assert dataset.layout.channels == ("a",)
    assert "site" in dataset.frame.columns  # can still be used to split the rows
    with pytest.raises(InputError, match="ignore='c'. No column has this name"):
        load(table, target="kind", ignore=["c"], **columns)
    with pytest.raises(InputError, match="target not in ignore"):
        load(table, target="kind", ignore=["kind"], **columns)


def test_test_data_without_targets_are_for_prediction(tmp_path):
    table = pl.DataFrame({"a": range(9), "y": range(9)})
    with pytest.raises(InputError, match=r"omit `test_data`, .* `assay predict`\."):
        load(table, target="y", test_data=table.drop("y"))
    with pytest.raises(InputError, match=r"lacks the columns \['a'\]\. Add them\.$"):
        load(table, target="y", test_data=table.drop("a"))


def test_all_channels_have_the_same_decimal_mark():
    names = [i // 8 for i in range(80)]
    frame = pl.DataFrame(
        {
            "who": names,
            "a": [f"{i},5" for i in range(80)],
            "b": [f"{1 + i % 9},{i:03}" for i in range(80)],
            "y": ["even" if name % 2 == 0 else "odd" for name in names],
        }
    )
    dataset = load(frame, target="y", series_column="who")
    numbers = dataset.frame["series"].to_numpy()[:, :, 1].ravel()
    np.testing.assert_allclose(
        numbers, [1 + i % 9 + i / 1000 for i in range(80)], rtol=1e-6
    )


def test_row_numbers_are_not_channels(tmp_path):
    rows = [f"{3 * k + t},{k},{t},{k * t}.5,{k % 2}" for k in range(20) for t in (0, 1)]
    path = tmp_path / "saved.csv"  # as pandas saves a frame with its index
    path.write_text("\n".join([",id,t,v,y", *rows, ""]))
    dataset = load(path, target="y", series_column="id", time_column="t")
    assert dataset.layout.channels == ("v",)
    unused = "Columns that vary within series are not used: column_0."
    assert unused in dataset.notes


def test_faults_of_times_name_a_cell_and_a_remedy(tmp_path):
    with pytest.raises(InputError, match=r"Row 2 contains 't1'\. Write dates as"):
        _load(
            tmp_path,
            lambda u, t: (f"t{t}" if t == 1 else f"{t}", f"{u}{t}", "pq"[u % 2]),
        )
    with pytest.raises(InputError, match="together identify a series, join them"):
        _load(tmp_path, lambda u, t: ("1", f"{u}{t}", "pq"[u % 2]))


def _melted():
    frame = pl.DataFrame(
        {
            "id": np.repeat(np.arange(8), 5),
            "t": np.tile(np.arange(5), 8),
            "y": np.repeat(["a", "b"] * 4, 5),
            "x": np.arange(40.0) ** 2,
            "z": np.arange(40.0) / 3,
        }
    )
    return frame, frame.unpivot(["x", "z"], index=["id", "t", "y"])


def test_names_of_channels_in_a_column_are_explained(tmp_path):
    wide, frame = _melted()
    frame.write_csv(tmp_path / "a.csv")
    options = {"target": "y", "series_column": "id", "time_column": "t"}
    for source in (frame, tmp_path / "a.csv"):
        with pytest.raises(InputError) as caught:
            load(source, **options)
        text = str(caught.value)
        fix = "frame.pivot('variable', index=['id', 't', 'y'], values='value')"
        assert text.endswith(f"If 'variable' contains channel names, write {fix}.")
    pivoted = load(eval(fix), **options)
    np.testing.assert_array_equal(
        pivoted.frame["series"].to_numpy(), load(wide, **options).frame["series"]
    )


def test_repeated_rows_are_not_taken_for_channels():
    wide, _ = _melted()
    frame = pl.concat([wide, wide.head(1).with_columns(x=pl.lit(0.5))])
    with pytest.raises(InputError, match="join them into one column.$"):
        load(frame, target="y", series_column="id", time_column="t")


def test_series_with_the_channels_first_are_explained():
    series = [np.ones((3, 50 + n)) for n in range(6)]
    with pytest.raises(InputError, match=r"write \[series.T for series in X\]\.$"):
        load((series, [0, 1] * 3))
    assert load(([one.T for one in series], [0, 1] * 3)).num_examples == 6
    uneven = [np.ones((50 + n, 3 + n)) for n in range(6)]
    with pytest.raises(InputError, match=r"\(steps, channels\)\.$"):
        load((uneven, [0, 1] * 3))


@pytest.mark.parametrize("names", [["who"], ["who", "when"]])
def test_the_index_of_a_long_table_is_named(names):
    columns = {"who": ["s0", "s0", "s1", "s1"], "when": [0, 1, 0, 1]}
    frame = pd.DataFrame({**columns, "a": [2.0, 2.5, 1.0, 1.0], "y": list("uuvv")})
    asked = {"target": "y", "series_column": "who", "time_column": "when"}
    with pytest.raises(InputError) as caught:
        load(frame.set_index(names), **asked)
    for fault in caught.value.faults:
        assert fault.endswith("To use it as a column, write frame.reset_index().")
    assert len(caught.value.faults) == len(names)
    dataset = load(frame.set_index(names).reset_index(), **asked)
    preparation = Preparation.fit(dataset, np.arange(2))
    with pytest.raises(InputError, match=r"write frame.reset_index\(\)"):
        preparation.transform(frame.set_index(names))
