"""Placeholders and signs that did not occur in training are noted."""

import numpy as np
import polars as pl
import pytest

from assay.data import Preparation, load

RANDOM = np.random.default_rng(0)
TABLE = pl.DataFrame(
    {
        "age": RANDOM.uniform(0, 100, 80).round(1),
        "wage": RANDOM.uniform(2_000, 9_000, 80).round(),
        "debt": -RANDOM.uniform(0, 10, 80),
        "change": RANDOM.normal(0, 1, 80),
        "old": [-999.0, *RANDOM.uniform(0, 9, 79)],
        "y": ["a", "b"] * 40,
    }
)


@pytest.fixture(scope="module", params=["memory", "json", "stream"])
def preparation(request, tmp_path_factory):
    if request.param == "stream":
        path = tmp_path_factory.mktemp("data") / "t.parquet"
        TABLE.write_parquet(path)
        dataset = load(path, target="y", stream=True)
        return Preparation.fit(dataset, np.arange(80))
    dataset = load(TABLE, target="y")
    preparation = Preparation.fit(dataset, np.arange(80))
    if request.param == "json":
        return Preparation.from_json(preparation.to_json())
    return preparation


def _notes(preparation, **changed):
    frame = (
        TABLE.drop("y")
        .head(8)
        .with_columns(
            pl.Series(name, values, strict=False) for name, values in changed.items()
        )
    )
    return preparation.notes_on_scales(frame)


@pytest.mark.parametrize(
    ("name", "values", "found"),
    [
        ("age", [-999, 5, 9, -999, 20, 3, 4, 5], "-999 in 2 rows"),
        ("age", ["9999", "5", "9", "7", "20", "3", "", "5"], "9999 in 1 row"),
        ("wage", [99999, 5000, 5100, 5200, 5300, 5400, 5500, 5600], "99999 in 1 row"),
        ("debt", [-999, -5, -4, -3, -2, -1, -6, None], "-999 in 1 row"),
    ],
)
def test_placeholders_are_noted(preparation, name, values, found):
    (note,) = _notes(preparation, **{name: values})
    low, high = TABLE[name].min(), TABLE[name].max()
    assert note == (
        f"warning: {name!r} is {found}, but {low:g} to {high:g} in the training data. "
        "If it means that the value is missing, leave these cells empty."
    )


@pytest.mark.parametrize(("name", "sign"), [("age", "negative"), ("debt", "positive")])
def test_numbers_with_the_other_sign_are_noted(preparation, name, sign):
    (note,) = _notes(preparation, **{name: -TABLE[name].head(8)})
    assert note.startswith(f"warning: {name!r} is {sign} here, but ")
    assert note.endswith(" in the training data. Check its sign.")


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"age": [99, 250, -99, 5, 9, 7, 20, 3]},  # within three times the range
        {"wage": [9999, -999, 5000, 5100, 5200, 5300, 5400, 5500]},
        {"old": [-999, 1, 2, 3, 4, 5, 6, 7]},
        {"change": [1.0, 0.5, 0.25, 0.75, 0.3, 0.2, 0.1, 0.9]},
        {"age": [-1, -2, None, None, None, None, None, -1]},  # too few to be sure
        {"age": [0] * 8, "debt": [0] * 8},
    ],
)
def test_usual_numbers_are_not_noted(preparation, changed):
    assert _notes(preparation, **changed) == ()


def test_older_models_have_no_range():
    data = Preparation.fit(load(TABLE, target="y"), np.arange(80)).to_json()
    for column in data["columns"]:
        del column["extent"]
    older = Preparation.from_json(data)
    assert _notes(older, age=[-999, 5, 9, 7, 20, 3, 4, 5]) == ()
