"""Amounts in several units are converted to one unit."""

import numpy as np
import polars as pl
import pytest

from assay.data import Preparation, load, split
from assay.data.columns._detect_kind import read_column

HOURS, MINUTES = np.arange(40) % 5, np.arange(40) * 7 % 60
SECONDS = 3600.0 * HOURS + 60 * MINUTES


def _written(form, *counts):
    return [form.format(*count) for count in zip(*counts, strict=True)]


@pytest.mark.parametrize(
    ("form", "counts", "style", "values"),
    [
        ("{}h {}m", (HOURS, MINUTES), "unit s", SECONDS),
        ("{} h {} min", (HOURS, MINUTES), "unit s", SECONDS),
        ("{} hours, {} minutes", (HOURS, MINUTES), "unit s", SECONDS),
        ("{} Std. {} Min.", (HOURS, MINUTES), "unit s", SECONDS),
        ("{}h{:02d}", (HOURS, MINUTES), "unit s", SECONDS),
        ("{}d {}h", (MINUTES, HOURS), "unit s", 86400.0 * MINUTES + 3600 * HOURS),
        ("{} years {} months", (MINUTES, HOURS), "unit months", 12 * MINUTES + HOURS),
        ("{}y {}mo", (MINUTES, HOURS), "unit months", 12 * MINUTES + HOURS),
        ("{}'{}\"", (MINUTES, HOURS), "unit in", 12 * MINUTES + HOURS),
        ("{}' {}", (MINUTES, HOURS), "unit in", 12 * MINUTES + HOURS),
        ("{} ft {} in", (MINUTES, HOURS), "unit in", 12 * MINUTES + HOURS),
        ("{} lb {} oz", (MINUTES, HOURS), "unit oz", 16 * MINUTES + HOURS),
        ("{} m {} cm", (HOURS, MINUTES), "unit m", HOURS + MINUTES / 100),
    ],
)
def test_several_units_per_cell(form, counts, style, values):
    cells = pl.Series("c", _written(form, *counts))
    read, column = read_column(cells)
    assert (column.kind, column.style) == ("number", style)
    np.testing.assert_allclose(read.to_numpy(), values, rtol=1e-12)
    frame = pl.DataFrame({"c": cells, "y": ["a", "b"] * 20})
    dataset = load(frame, target="y")
    preparation = Preparation.fit(dataset, split(dataset, seed=0).train)
    again = Preparation.from_json(preparation.to_json())
    np.testing.assert_array_equal(
        again.transform(frame[3:4]), preparation.transform(dataset)[3:4]
    )


@pytest.mark.parametrize(
    ("cells", "style", "values"),
    [
        (["500 g", "1.2 kg"] * 20, "unit g", [500, 1200] * 20),
        (["500 ml", "1.5 l"] * 20, "unit l", [0.5, 1.5] * 20),
        (["7 months", "2 years"] * 20, "unit months", [7, 24] * 20),
        (["45 min", "2 h"] * 20, "unit s", [2700, 7200] * 20),
        (["45m", "2h", "1h 5m", "-30m"] * 10, "unit s", [2700, 7200, 3900, -1800] * 10),
        (["6 ft", "5'11\"", "70 in"] * 10, "unit in", [72, 71, 70] * 10),
    ],
)
def test_different_units_in_a_column(cells, style, values):
    read, column = read_column(pl.Series("c", cells))
    assert (column.kind, column.style) == ("number", style)
    np.testing.assert_allclose(read.to_numpy(), values, rtol=1e-12)


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["5m", "3h"] * 20, "category"),  # a single letter may be part of a code
        (["5m3", "7m3"] * 20, "category"),
        (["1a2", "3b4"] * 20, "category"),
        (["5 kg", "3 min"] * 20, "category"),
        (["5 weeks 3", "7 weeks 2"] * 20, "category"),
        (["5'40\"", "6'05\"", "4'59\""] * 20, "category"),  # minutes and seconds
        (["5'40", "6'30"] * 20, "category"),
        (["12 March", "3 May"] * 20, "category"),
        (["5 min", "7 min"] * 20, "number"),
    ],
)
def test_other_cells_are_read_as_before(cells, kind):
    column = read_column(pl.Series("c", cells))[1]
    assert (column.kind, column.style in ("", "unit min")) == (kind, True)


def test_a_target_of_durations_is_a_quantity():
    cells = _written("{}h {}m", HOURS, MINUTES)
    dataset = load({"w": np.arange(40.0) ** 2, "y": cells}, target="y")
    assert dataset.task.kind == "regression"
    np.testing.assert_array_equal(dataset.target, SECONDS)
