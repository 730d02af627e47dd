"""The benchmark harness counts work, compares outcomes and judges targets correctly."""

import math
import runpy
from pathlib import Path

import pytest

from assay import spec

FOLDER = Path(__file__).parents[2] / "benchmarks"
agree, exponent, spread = (
    runpy.run_path(str(FOLDER / "_arithmetic.py"))[name]
    for name in ("agree", "exponent", "spread")
)
operations = runpy.run_path(str(FOLDER / "_work.py"))["operations"]
Row = runpy.run_path(str(FOLDER / "_row.py"))["Row"]


def test_spread_is_the_median_and_both_ends() -> None:
    assert spread([5.0, 1.0, 2.0, 9.0, 3.0]) == (3.0, 1.0, 9.0)


@pytest.mark.parametrize(
    ("ours", "theirs", "tolerance", "expected"),
    [
        (1.0, 1.0099, 0.01, True),
        (1.0, 1.02, 0.01, False),
        (-1.0, 1.0, 0.5, False),
        (0.0, 0.0, 0.01, True),
        (math.nan, math.nan, 1.0, False),
        (1.0, math.inf, 1.0, False),
    ],
)
def test_outcomes_agree_to_a_share_of_the_greater(
    ours: float, theirs: float, tolerance: float, expected: bool
) -> None:
    assert agree(ours, theirs, tolerance) is expected
    assert agree(theirs, ours, tolerance) is expected


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0])
def test_exponent_is_that_of_the_power_law(power: float) -> None:
    sizes = [10, 100, 1000, 10_000]
    found = exponent(sizes, [3 * size**power for size in sizes])
    assert found == pytest.approx(power)


@pytest.mark.parametrize(
    ("layers", "shape", "expected"),
    [
        ([], (4,), 2 * 2 * 4 * 10),
        ([spec.Dense(8)], (4,), 2 * (2 * 4 * 8 + 3 * 8 * 10)),
        (
            [spec.Conv2D(6, 3), spec.ReLU(), spec.MaxPool2D(2), spec.Flatten()],
            (8, 8, 3),
            2 * (2 * 64 * 27 * 6 + 3 * 4 * 4 * 6 * 10),
        ),
        (
            [spec.Conv1D(5, 3, stride=2, padding=1), spec.Flatten()],
            (9, 2),
            2 * (2 * 5 * 3 * 2 * 5 + 3 * 25 * 10),
        ),
        (
            [spec.LSTM(7)],
            (11, 3),
            2 * (11 * 4 * 7 * (2 * 3 + 3 * 7) + 3 * 7 * 10),
        ),
        (
            [spec.GRU(6, return_sequences=True, bidirectional=True), spec.Flatten()],
            (40, 1),
            2 * (40 * 2 * 3 * 6 * (2 * 1 + 3 * 6) + 3 * 480 * 10),
        ),
    ],
    ids=["linear", "dense", "conv2d", "conv1d", "lstm", "gru"],
)
def test_operations_are_those_of_the_products(
    layers: list[spec.Layer], shape: tuple[int, ...], expected: int
) -> None:
    assert operations(layers, shape, 10) == expected


@pytest.mark.parametrize(
    ("value", "target", "better", "expected"),
    [
        (2.0, 2.0, "higher", True),
        (1.9, 2.0, "higher", False),
        (0.2, 0.25, "lower", True),
        (0.3, 0.25, "lower", False),
        (1.0, None, "higher", None),
        (None, 2.0, "higher", None),
    ],
)
def test_target_is_reached_on_its_good_side(
    value: float | None, target: float | None, better: str, expected: bool | None
) -> None:
    row = Row("work", "peer", value, target=target, better=better)
    assert row.reached is expected


def test_different_work_reaches_nothing_and_stays_in_the_table() -> None:
    row = Row("work", "peer", 9.0, 8.0, 10.0, 2.0, failed="costs differ", more={"n": 1})
    data = row.to_json()
    assert row.reached is False
    assert {key: data[key] for key in ("value", "reached", "failed", "n")} == {
        "value": 9.0,
        "reached": False,
        "failed": "costs differ",
        "n": 1,
    }
