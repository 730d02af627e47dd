"""The benchmark on tables judges its targets, and errors on small tables stay low."""

import json
from pathlib import Path

import numpy as np
import pytest
from benchmarks import tables
from benchmarks.tables._development import SMALL, TABLES
from benchmarks.tables._fit import Outcome, ours
from benchmarks.tables._gates import gates, losses_of, weights_of

STORED = json.loads((Path(tables.__path__[0]) / "small.json").read_text())
PEERS = ("linear", "MLP", "RealMLP")
TEN_WRONG = np.repeat([1.0, 0.0], [10, 90])


@pytest.mark.parametrize(("squared", "error"), [(True, np.sqrt(2)), (False, 0.5)])
def test_the_error_is_the_rmse_or_the_share_of_wrong_classes(squared, error):
    outcome = Outcome.of(np.array([1, 2]), np.array([1, 4]), squared)
    assert outcome.error == pytest.approx(error)


def judged(folder, ours: np.ndarray, *, seconds: float = 1.0) -> dict:
    """Return the rows of one table where each peer errs on the first ten test rows."""
    (folder / "losses").mkdir(exist_ok=True)
    results = {}
    for name in ("assay", *PEERS):
        of = ("table", 0, name)
        losses = ours if name == "assay" else TEN_WRONG
        np.save(losses_of(folder, of), losses)
        took = seconds if name == "assay" else 2.0
        times = {"seconds": took, "cpu_seconds": 1.0}
        results[of] = {"error": losses.mean(), **times}
    rows = gates(["table", "not run"], results, folder)
    return {(row.workload, row.peer): row for row in rows}


def test_ratios_of_errors_and_times_are_judged(tmp_path):
    rows = judged(tmp_path, np.repeat([1.0, 0.0], [8, 92]))
    ratio = rows["error ratio of assay", "RealMLP"]
    assert (ratio.value, ratio.reached) == (pytest.approx(0.8), True)
    assert rows["error ratio of assay", "linear"].reached is False
    assert rows["upper end of the error ratio of assay", "RealMLP"].reached
    assert rows["median time ratio of assay", "RealMLP"].value == 0.5
    assert rows["share of tables on which assay is as fast", "RealMLP"].reached


def test_an_error_above_that_of_realmlp_misses_the_upper_end(tmp_path):
    rows = judged(tmp_path, np.repeat([1.0, 0.0], [11, 89]))
    assert rows["upper end of the error ratio of assay", "RealMLP"].reached is False


@pytest.mark.parametrize(("more", "lost"), [(3, []), (6, ["table"])])
def test_a_loss_is_clear_above_two_standard_errors(tmp_path, more, lost):
    """With k more wrong rows, the difference is about the square root of k errors."""
    rows = judged(tmp_path, np.repeat([1.0, 0.0], [10 + more, 90 - more]))
    row = rows["tables with a clear loss of assay", "best rival"]
    assert (row.value, row.more["lost"]) == (len(lost), lost)
    assert row.reached is (not lost)


@pytest.mark.parametrize(("weight", "lost"), [(1.0, ["table"]), (9.0, [])])
def test_a_loss_is_also_judged_by_the_balanced_error(tmp_path, weight, lost):
    """The ten rows on which only the peers err may be those of a rare class."""
    wrong = np.repeat([0.0, 1.0, 0.0], [10, 22, 68])
    (tmp_path / "losses").mkdir()
    np.save(weights_of(tmp_path, "table", 0), np.repeat([weight, 1.0], [10, 90]))
    rows = judged(tmp_path, wrong)
    assert rows["tables with a clear loss of assay", "best rival"].value == 1
    row = rows["tables with a clear loss of assay by its own metric", "best rival"]
    assert row.more["lost"] == lost


@pytest.mark.slow
@pytest.mark.parametrize("name", SMALL)
def test_no_small_table_is_clearly_lost_to_the_best_peer(tmp_path, name):
    """A single network of the first setting loses by two standard errors at most."""
    csv = tmp_path / f"{name}.csv"
    TABLES[name].write(csv)
    outcome = ours(str(csv), 0, tune={"num_trials": 1}, members=1)
    error = outcome.losses.std(ddof=1) / np.sqrt(len(outcome.losses))
    if outcome.squared:
        error /= 2 * outcome.error  # of the root
    best = min(STORED[name][peer][0] for peer in PEERS)
    assert outcome.error <= best + 2 * error
    assert outcome.interval is not None
    low, high = outcome.interval
    assert low <= outcome.error <= high
