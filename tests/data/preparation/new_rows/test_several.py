"""The advice on new rows that must be joined works when it is pasted."""

import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from PIL import Image

from assay import InputError
from assay.data import Preparation, load

RANDOM = np.random.default_rng(0)
LABELS = np.array(["a", "b"] * 20)
ROWS = RANDOM.normal(size=(40, 2))
TABLE = pl.DataFrame(ROWS, schema=["v", "w"])
SERIES = RANDOM.normal(size=(40, 5, 2))
IMAGES = RANDOM.integers(0, 256, (40, 6, 8), dtype=np.uint8)
INPUTS = {"array": ROWS, "table": TABLE, "sequence": SERIES, "image": IMAGES}


def _preparation(name):
    return Preparation.fit(load((INPUTS[name], LABELS)), np.arange(40))


@pytest.mark.parametrize(
    ("name", "source", "fix", "rows"),
    [
        ("table", [TABLE], "pl.concat(source)", 40),
        ("table", [TABLE, TABLE], "pl.concat(source)", 80),
        ("table", [TABLE.lazy()] * 3, "pl.concat(source)", 120),
        ("table", [TABLE.to_pandas()] * 2, "pd.concat(source)", 80),
        ("table", dict(TABLE.row(0, named=True)), "[source]", 1),
        ("array", [ROWS], "np.concatenate(source)", 40),
        ("array", [ROWS, ROWS[:3]], "np.concatenate(source)", 43),
        ("array", (ROWS, ROWS), "np.concatenate(source)", 80),
        ("array", list(ROWS[0]), "[source]", 1),
        ("array", (0.5, 2), "[source]", 1),
        ("sequence", [SERIES, SERIES], "np.concatenate(source)", 80),
        ("image", [IMAGES[..., None]] * 3, "np.concatenate(source)", 120),
        (
            "sequence",
            [TABLE.head(5)] * 3,
            "[frame.to_numpy() for frame in source]",
            3,
        ),
    ],
)
def test_the_advice_on_joining_works(name, source, fix, rows):
    preparation = _preparation(name)
    with pytest.raises(InputError) as caught:
        preparation.transform(source)
    (written,) = re.findall(r"Write (.+?)(?:\.$| for one row)", str(caught.value))
    assert written == fix
    new = eval(written, {"pl": pl, "pd": pd, "np": np, "source": source})
    assert len(preparation.transform(new)) == rows


@pytest.mark.parametrize("name", ["array", "sequence", "image"])
def test_lists_of_rows_are_accepted(name):
    preparation = _preparation(name)
    whole = preparation.transform(INPUTS[name])
    for count in (1, 2, 3):
        new = preparation.transform(list(INPUTS[name][:count]))
        np.testing.assert_array_equal(new, whole[:count])


@pytest.mark.parametrize("as_path", [str, lambda path: path])
def test_lists_of_paths_are_images(tmp_path, as_path):
    for number, pixels in enumerate(IMAGES[:2]):
        Image.fromarray(pixels).save(tmp_path / f"{number}.png")
    preparation = _preparation("image")
    paths = [as_path(path) for path in sorted(tmp_path.iterdir())]
    np.testing.assert_array_equal(
        preparation.transform(paths), preparation.transform(IMAGES[:2])
    )


@pytest.mark.parametrize("name", INPUTS)
@pytest.mark.parametrize(
    ("source", "message"),
    [
        (None, "file path, but got None. Write one list for each row"),
        (3, "but got 3. Write"),
        (np.float64(0.5), "but got np.float64(0.5). Write"),
        ([], "an empty list, so there is no row to predict"),
        ((), "an empty tuple, so"),
    ],
)
def test_what_contains_no_rows(name, source, message):
    with pytest.raises(InputError, match=re.escape(message)):
        _preparation(name).transform(source)
