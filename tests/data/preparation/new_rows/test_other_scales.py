"""Numbers with another unit or notation than in training are noted."""

import numpy as np
import polars as pl
import pytest

from assay.data import Preparation, load, split

random = np.random.default_rng(0)
CM = random.normal(170, 10, 80)
TABLE = {
    "height": CM,
    "share": [f"{value:.0f}%" for value in random.uniform(2, 90, 80)],
    "cost": [f"{value:,.0f}" for value in random.uniform(2_000, 90_000, 80)],
    "income": np.exp(random.normal(0, 2, 80)),
    "change": random.normal(0, 1, 80),
    "late": random.choice([0, 0, 0, 30], 80),
    "y": ["a", "b"] * 40,
}


@pytest.fixture(scope="module")
def preparation():
    dataset = load(TABLE, target="y")
    return Preparation.fit(dataset, split(dataset, seed=0).train)


def _notes(preparation, **changed):
    frame = pl.DataFrame({**TABLE, **changed}, strict=False).drop("y").head(8)
    return preparation.notes_on_scales(frame)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("height", CM / 100),
        ("height", CM * 10_000),
        ("share", [float(cell[:-1]) / 100 for cell in TABLE["share"]]),
        ("cost", [cell.replace(",", ".") for cell in TABLE["cost"]]),
    ],
)
def test_another_scale_is_noted(preparation, name, values):
    (note,) = _notes(preparation, **{name: values})
    assert note.startswith(f"warning: {name!r} is usually about ")


def test_the_note_has_both_sizes(preparation):
    (note,) = _notes(preparation, height=[1.5, 1.6, 1.7, 1.8, 1.9] * 16)
    assert "about 1.65 here. Check its unit" in note


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"height": [2.0, 1.5, None, None] * 20},  # too few to be sure
        {"income": np.exp(random.normal(1, 2, 80))},
        {"late": np.zeros(80), "height": [1.5] * 80},
        {"height": [f"{value:.1f}" for value in CM]},
        {"cost": [cell.replace(",", "") for cell in TABLE["cost"]]},
    ],
)
def test_usual_scales_are_not_noted(preparation, changed):
    assert _notes(preparation, **changed) == ()
