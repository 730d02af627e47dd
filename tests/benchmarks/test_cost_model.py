"""The cost model adds up the parts of an epoch."""

import math
import runpy
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks" / "devices"
Machine, Work, predict = (
    runpy.run_path(str(FOLDER / "_model.py"))[name]
    for name in ("Machine", "Work", "predict")
)
WORK = Work(1000, 10, 20, 500, 100, 600)
ALONE = Machine(1, 1e9, 1e9, math.inf, 1e-4)


def test_parts_by_hand() -> None:
    costs = predict(WORK, Machine(2, 1e9, 1e8, 1e6, 1e-4))
    assert costs.fixed == pytest.approx(10 * 1e-4)
    assert costs.products == pytest.approx(1000 * 3 * 2 * 500 / 1e9)
    assert costs.memory == pytest.approx(1000 * 4 * (2 * 20 + 3 * 100) / 1e8)
    assert costs.update == pytest.approx(10 * 4 * 7 * 600 * 2 / 1e8)
    assert costs.reduce == pytest.approx(10 * 4 * 600 / 1e6)
    assert costs.total == pytest.approx(sum(costs))


def test_one_device_reduces_nothing() -> None:
    assert predict(WORK, ALONE).reduce == 0


def test_twice_the_machine_halves_the_split_work() -> None:
    """Every device updates its own copy of the parameters, so that does not shrink."""
    one, two = predict(WORK, ALONE), predict(WORK, Machine(2, 2e9, 2e9, 1e9, 1e-4))
    assert two.products == pytest.approx(one.products / 2)
    assert two.memory == pytest.approx(one.memory / 2)
    assert two.update == pytest.approx(one.update)
