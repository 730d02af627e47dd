"""Headers of several lines: names of groups above the names of columns."""

import numpy as np
import pandas as pd
import pytest

from assay._errors import InputError
from assay.data import load

ROWS = ["1.5,p,3,0.5,a", "2.5,q,4,1.5,b", "0.5,p,6,2.5,a"]
NAMES = "x,g,n,m,y"


def _load(tmp_path, lines, target="y"):
    path = tmp_path / "table.csv"
    path.write_text("\n".join([*lines, ""]))
    return load(path, target=target)


def _names(dataset):
    return [column.name for column in dataset.columns]


@pytest.mark.parametrize(
    "above",
    [
        ["Inputs,,,,Output"],
        ["Inputs,,Others,,"],
        [",Inputs,,,Output"],
        ["2022,,2023,,"],
        ["Inputs,Inputs,Others,Others,Others"],
        ["Study 1,,,,", "Inputs,,Others,,"],
        ["Study 1", "", "Inputs,,Others,,"],
    ],
)
def test_groups_above_unique_names_are_left_out(tmp_path, above):
    dataset = _load(tmp_path, [*above, NAMES, *ROWS])
    assert _names(dataset) == ["x", "g", "n", "m"]
    assert dataset.frame["x"].to_list() == [1.5, 2.5, 0.5]
    assert dataset.notes[0].startswith("Lines above the column names were left out: ")


def test_groups_are_joined_with_repeated_names(tmp_path):
    groups, names = "id,2022,,2023,", "x,g,n,n,y"
    dataset = _load(tmp_path, [groups, names, *ROWS])
    assert _names(dataset) == ["x", "g", "2022 n", "2023 n"]
    assert dataset.frame["2023 n"].to_list() == [0.5, 1.5, 2.5]
    assert dataset.notes[0] == (
        "Lines above the column names were prepended to repeated names: "
        "['id 2022 2023']."
    )


def test_units_below_names_and_groups(tmp_path):
    dataset = _load(tmp_path, ["In,,Others,,", NAMES, "cm,,kg,m,", *ROWS])
    assert dataset.frame["n"].to_list() == [3, 4, 6]
    assert "seems to contain units" in dataset.notes[1]


@pytest.mark.parametrize("index", [True, False])
def test_frames_with_two_levels_of_names(tmp_path, index):
    columns = [("a", "x"), ("a", "z"), ("b", "y")]
    values = np.random.default_rng(0).normal(size=(20, 2))
    frame = pd.DataFrame({columns[0]: values[:, 0], columns[1]: values[:, 1]})
    frame[columns[2]] = ["u", "v"] * 10
    path = tmp_path / "table.csv"
    frame.to_csv(path, index=index)
    dataset = load(path, target="y")
    assert dataset.frame["z"].to_list() == values[:, 1].tolist()


def test_aggregates_of_a_frame(tmp_path):
    frame = pd.DataFrame({"region": [*"pqr"] * 4, "amount": range(12)})
    by_region = frame.groupby("region").agg({"amount": ["mean", "sum"]}).reset_index()
    path = tmp_path / "table.csv"
    by_region.to_csv(path, index=False)
    dataset = load(path, target="sum")
    assert _names(dataset) == ["region", "mean"]


@pytest.mark.parametrize(
    "lines",
    [
        [",x,g,n,y", "1,1.5,p,3,a", "2,2.5,q,4,b"],  # an index
        ["x,g,n,m,y", "cm,,kg,m,kind", *ROWS],
        ["x,g,,m,y", *ROWS],
        ["x,g,n,m,y", ",word,,,a", *ROWS],
        ["x,g,,m,y", "NA,v,NA,NA,a", *ROWS],  # values are missing in the first row
        ["x,g,,m,y", "low,p,low,low,a", *ROWS],
    ],
)
def test_other_first_lines_are_column_names(tmp_path, lines):
    dataset = _load(tmp_path, lines)
    assert lines[0].split(",")[1] in [*_names(dataset), "y"]


def test_a_target_in_a_row_that_was_left_out_is_pointed_out(tmp_path):
    with pytest.raises(InputError, match="remove the lines above it"):
        _load(tmp_path, ["A,B,C,D,E", NAMES, *ROWS])


def test_a_separator_that_ends_only_the_names(tmp_path):
    dataset = _load(tmp_path, [f"{NAMES},", *ROWS])
    assert _names(dataset) == ["x", "g", "n", "m"]
