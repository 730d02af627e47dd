"""New series that are written in another way, or are longer, than those in training."""

import numpy as np
import polars as pl
import pytest

import assay

QUICK = {"model": "linear", "trials": 1, "num_epochs": 2, "runs": None}
LAYOUT = {"series_column": "who", "time_column": "day"}


def _long(num_series, *, num_steps=4):
    rng = np.random.default_rng(0)
    whose = np.repeat(np.arange(num_series), num_steps)
    return pl.DataFrame(
        {
            "who": whose,
            "day": np.tile(np.arange(num_steps), num_series),
            "a": rng.normal(size=len(whose)) + whose % 2,
            "b": rng.normal(size=len(whose)),
            "ill": whose % 2,
        }
    )


@pytest.fixture(scope="module")
def model():
    ragged = _long(40).filter((pl.col("who") % 3 > 0) | (pl.col("day") < 3))
    return assay.train(ragged, target="ill", **LAYOUT, **QUICK).model


@pytest.mark.parametrize(
    ("line", "note"),
    [
        (",,,", "1 row without any value was left out."),
        ("who,day,a,b", "1 row that repeats the column names was left out."),
    ],
)
def test_rows_that_are_not_steps_are_left_out(model, line, note, tmp_path):
    clean, path = tmp_path / "clean.csv", tmp_path / "new.csv"
    _long(5).drop("ill").write_csv(clean)
    lines = clean.read_text().splitlines()
    path.write_text("\n".join([*lines[:9], line, *lines[9:]]) + "\n")
    assert model.check(clean) == ()
    for rows in (path, model.read(path)):
        assert model.predict_frame(rows).equals(model.predict_frame(clean))
        assert model.check(rows) == (note,)


def test_empty_rows_of_a_parquet_file_are_left_out(model, tmp_path):
    new = _long(5).drop("ill")
    path = tmp_path / "new.parquet"
    nothing = pl.DataFrame({name: [None, None] for name in new.columns}, new.schema)
    pl.concat([new, nothing]).write_parquet(path)
    assert model.predict_frame(path).equals(model.predict_frame(new))
    assert model.check(path) == ("2 rows without any value were left out.",)


@pytest.mark.parametrize("num_steps", [8, 9, 26])
def test_longer_series_are_counted(model, num_steps, tmp_path):
    # lengths up to 4 are rounded up to 8 steps
    new = _long(3, num_steps=num_steps).filter(
        (pl.col("who") > 0) | (pl.col("day") < 4)
    )
    path = tmp_path / "new.csv"
    new.drop("ill").write_csv(path)
    notes = (
        "2 of 3 sequences are longer than 8 steps. Only the first 8 steps are used, "
        "because the model was not trained on longer sequences.",
    )
    for rows in (path, new, model.read(path)):
        assert model.check(rows) == notes * (num_steps > 8)
    first = new.filter(pl.col("day") < 8)
    assert model.predict(new).tolist() == model.predict(first).tolist()


def test_a_single_longer_series_of_arrays_is_counted(model):
    series = [np.zeros((9, 2)), np.zeros((3, 2))]
    (note,) = model.check(series)
    assert note.startswith("1 of 2 sequences is longer than 8 steps. Only the first 8 ")
    assert model.check(series[1:]) == ()
