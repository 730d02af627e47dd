"""Numbers and dates in human-readable styles are read alike in all rows."""

import json

import numpy as np
import pytest

from assay._errors import InputError
from assay.data import Preparation, load

COLUMNS = {
    "price": ["3,5", "1,234", "12", "0,25"] * 5,
    "day": ["31/12/2024", "1/2/2024", "5/6/2024", "7/8/2024"] * 5,
    "size": [1.0, 2.0, 3.0, 5.0] * 5,
    "y": ["a", "b", "a", "b"] * 5,
}


@pytest.fixture
def preparation():
    return Preparation.fit(load(COLUMNS, target="y"), np.arange(20))


def test_the_style_of_each_column_is_stored(preparation):
    assert preparation.styles == (("price", "decimal comma"), ("day", "day first"))
    stored = json.loads(json.dumps(preparation.to_json()))
    assert Preparation.from_json(stored) == preparation


def test_a_preparation_without_styles_can_be_read(preparation):
    stored = preparation.to_json()
    for column in stored["columns"]:
        column.pop("style", None)
    assert Preparation.from_json(stored).styles == ()


def test_new_rows_are_read_in_the_style_of_training(preparation):
    # by themselves, these cells are thousands and an ambiguous date
    text = {"price": ["1,234"], "day": ["1/2/2024"], "size": [2.0]}
    plain = {"price": [1.234], "day": ["2024-02-01"], "size": [2.0]}
    trained = preparation.transform(load(COLUMNS, target="y"), np.array([1]))
    assert preparation.transform(text).tolist()[0][0] == trained.tolist()[0][0]
    assert preparation.transform(text).tolist() == preparation.transform(plain).tolist()


def test_another_style_is_refused(preparation):
    rows = {"price": ["3.5"], "day": ["12/31/2024"], "size": [2.0]}
    with pytest.raises(InputError) as caught:
        preparation.transform(rows)
    assert list(caught.value.faults) == [
        "'price' must contain numbers with a decimal comma, as in training, "
        "but got '3.5'. This affects row 0. "
        "Correct these "
        "cells, or leave them empty.",
        "'day' must contain dates with the day first, as in training, but got "
        "'12/31/2024'. This affects row 0. "
        "Write dates such as "
        "2024-12-31 in these cells, or leave them empty.",
    ]


def test_new_rows_may_leave_out_the_unit_but_not_change_it():
    columns = {**COLUMNS, "price": ["3,5 kg", "12 kg"] * 10}
    preparation = Preparation.fit(load(columns, target="y"), np.arange(20))
    assert preparation.styles[0] == ("price", "decimal comma, unit kg")
    rows = {"price": ["12 kg"], "day": ["1/2/2024"], "size": [2.0]}
    expected = preparation.transform(rows).tolist()
    assert preparation.transform(rows | {"price": ["12"]}).tolist() == expected
    with pytest.raises(InputError) as caught:
        preparation.transform(rows | {"price": ["12 lb"]})
    assert str(caught.value).startswith(
        "'price' must contain numbers with a decimal comma and the unit 'kg', as in "
        "training, but got '12 lb'."
    )


@pytest.mark.parametrize(
    ("seen", "unit", "equal", "other"),
    [
        (["12 €", "1,250.50 €"], "EUR", "12 EUR", "$12"),
        (["$12", "$7"], "USD", "US$ 12", "12 €"),
        (["12 %", "7%"], "%", "12%", "12 ‰"),
        (["12", "7 CHF"], "CHF", "Fr. 12", "12 kg"),
    ],
)
def test_new_rows_may_not_change_the_currency(seen, unit, equal, other):
    columns = {**COLUMNS, "price": seen * 10}
    preparation = Preparation.fit(load(columns, target="y"), np.arange(20))
    assert preparation.styles[0] == ("price", f"unit {unit}")
    rows = {"price": ["12"], "day": ["1/2/2024"], "size": [2.0]}
    expected = preparation.transform(rows).tolist()
    assert preparation.transform(rows | {"price": [equal]}).tolist() == expected
    with pytest.raises(InputError) as caught:
        preparation.transform(rows | {"price": [other]})
    assert str(caught.value).startswith(
        f"'price' must contain numbers with the unit {unit!r}, as in training, but got "
        f"{other!r}."
    )


def test_all_columns_of_a_table_have_the_same_decimal_mark():
    size = [f"{i},5" for i in range(20)]
    columns = {
        "size": size,
        "price": ["1.234", "56.789"] * 10,
        "mass": ["2,500 kg", "3,125 kg"] * 10,
        "y": [f"{i + 1}.{i:03}" for i in range(20)],
    }
    dataset = load(columns, target="y")
    assert dataset.target.tolist() == [1000 * (i + 1) + i for i in range(20)]
    assert dataset.frame["price"].to_list() == [1234, 56789] * 10
    assert dataset.frame["mass"].to_list() == [2.5, 3.125] * 10
    styles = {column.name: column.style for column in dataset.columns}
    assert styles["price"] == "decimal comma"
    assert styles["mass"] == "decimal comma, unit kg"
    # Lists such as "1,3" say nothing about the numbers beside them.
    other = load(columns | {"z": ["0.25", "1.5"] * 10}, target="y")
    assert other.frame["price"].to_list() == [1.234, 56.789] * 10
    assert other.frame["mass"].to_list() == [2500, 3125] * 10
