"""Headers that consist of numbers are told apart from data."""

import numpy as np
import pandas as pd
import pytest

from assay import InputError
from assay.data import Preparation, load, read, split

RANDOM = np.random.default_rng(0)
FRACTIONS = RANDOM.normal(size=(40, 4)).round(3)
WHOLE = RANDOM.integers(0, 9, (40, 4))
LABELS = np.array(["a", "b"])[np.arange(40) % 2]
NAMES = {
    "positions": [0, 1, 2, 3],
    "from 1": [1, 2, 3, 4],
    "years": [2019, 2020, 2021, 2022],
    "wavelengths": [400.5, 401.0, 401.5, 402.0],
}


def _note(names):
    return (
        f"The numbers {names!r} were used as column names, because they are evenly "
        "spaced. If they are data, add a header row above them."
    )


@pytest.mark.parametrize("title", ["", "Measurements\n"])
@pytest.mark.parametrize("values", [FRACTIONS, WHOLE])
@pytest.mark.parametrize("names", NAMES.values())
def test_numbers_beside_a_word_are_names(tmp_path, names, values, title):
    frame = pd.DataFrame(values, columns=names).assign(kind=LABELS)
    path = tmp_path / "table.csv"
    path.write_text(title + frame.to_csv(index=False))
    dataset = load(path, target="kind")
    assert [column.name for column in dataset.columns] == list(map(str, names))
    assert dataset.num_examples == 40
    assert not any("as column names" in note for note in dataset.notes)
    # The new rows lack the target, so their header consists of numbers.
    frame.drop(columns="kind").to_csv(path, index=False)
    preparation = Preparation.fit(dataset, split(dataset, seed=0).train)
    np.testing.assert_array_equal(
        preparation.transform(path), preparation.transform(dataset)
    )


@pytest.mark.parametrize("index", [False, True])
@pytest.mark.parametrize("values", [FRACTIONS, WHOLE])
@pytest.mark.parametrize("names", NAMES.values())
def test_numbers_alone_are_names_if_they_are_evenly_spaced(
    tmp_path, names, values, index
):
    frame = pd.DataFrame(values, columns=names)
    frame.to_csv(tmp_path / "a.csv", index=index)
    dataset = load(tmp_path / "a.csv", target=str(names[-1]), task="regression")
    assert dataset.num_examples == 40
    shown = ",".join([""] * index + list(map(str, names)))
    assert _note(shown) in dataset.notes
    with pytest.raises(InputError, match="such as target="):
        load(tmp_path / "a.csv")


@pytest.mark.parametrize(
    ("text", "num_rows"),
    [("0,1\n.5,2\n1,.25\n", 2), ("0,1,2\n4,2,7\n1,3,1\n", 2)],
)
def test_few_numbers_are_names(tmp_path, text, num_rows):
    (tmp_path / "a.csv").write_text(text)
    assert read(tmp_path / "a.csv").height == num_rows


@pytest.mark.parametrize(
    "text",
    [
        "2,4,3,3,0\n0,1,4,1,1\n",
        "1,2\n3,4\n5,7\n",
        "1,2,3,4\n2,3,4,5\n3,4,5,6\n",
        "4,3,2,1\n7,3,4,5\n3,4,1,6\n",
        "0.5,1.5,2.5\n.25,3,1\n7,4,2\n",
    ],
)
def test_other_numbers_are_data(tmp_path, text):
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(InputError, match="must contain the column names, but it"):
        read(tmp_path / "a.csv")


def test_a_word_that_occurs_below_is_data(tmp_path):
    (tmp_path / "a.csv").write_text("1,2,3,a\n5,7,1,b\n5,2,2,a\n2,3,3,b\n")
    with pytest.raises(InputError, match="looks like data"):
        load(tmp_path / "a.csv", target="y")


@pytest.mark.parametrize(
    ("text", "repeated"),
    [
        ("hi,hi,2,2,no\nlow,hi,2,4,ok\nhi,med,4,2,no\n", "['hi', '2']"),
        ("0  0   a\n1  2   b\n2  4   a\n", "['0']"),
        ("p,x,s,p\nb,x,p,p\np,b,s,e\n", "['p']"),
    ],
)
def test_repeated_values_in_the_first_line_are_data(tmp_path, text, repeated):
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(InputError) as error:
        read(tmp_path / "a.csv")
    message = str(error.value)
    assert "looks like data. If it is data, add a header row above it." in message
    assert message.endswith(f"rename the columns with equal names: {repeated}.")


def test_repeated_names_above_other_values_are_names(tmp_path):
    (tmp_path / "a.csv").write_text("size,size,y\n1,2,u\n2,3,v\n")
    with pytest.raises(InputError, match="2 columns have this name. Rename all but"):
        read(tmp_path / "a.csv")
