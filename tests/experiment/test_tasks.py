"""Every kind of task, cost and split completes the whole protocol."""

import numpy as np
import polars as pl
import pytest
from sklearn.linear_model import PoissonRegressor
from sklearn.metrics import balanced_accuracy_score

import assay
from assay import data, spec


def metrics_of(run):
    """Return the names of the metrics in each part of the summary."""
    summary = run.summary
    compared = {b["comparison"]["metric"] for b in summary["baselines"]}
    return {summary["test"]["metric"], summary["tune"]["metric"], *compared}


@pytest.fixture(scope="module")
def uneven(cells):
    """Draw cells of which one in five is malignant."""
    frame = cells(100)
    order = np.argsort(frame["size"].fill_null(0).to_numpy())
    kinds = np.full(100, "benign", dtype=object)
    kinds[order[-20:]] = "malign"
    return frame.with_columns(kind=pl.Series(kinds, dtype=pl.String))


def test_uneven_classes_are_judged_by_balanced_accuracy(run_quickly, uneven, searched):
    run = run_quickly(uneven, **searched)
    assert metrics_of(run) == {"balanced_accuracy"}
    truth = data.load(uneven, target="kind").target
    split = run.folder.read_npz("split.npz")
    predicted = run.predict(uneven) > 0.5
    test = split["test"]
    expected = balanced_accuracy_score(truth[test], predicted[test])
    assert run.test.value == pytest.approx(expected)
    majority = run.summary["baselines"][0]
    assert (majority["name"], majority["value"]) == ("majority", 0.5)
    # val is stratified, so its score is the mean of two recalls
    counts = np.bincount(truth[split["val"]])
    recalls = {a / counts[0] + b / counts[1] for a in range(13) for b in range(4)}
    best = 2 * run.summary["tune"]["best_val"]
    assert min(abs(best - value) for value in recalls) < 1e-5


def test_even_classes_are_judged_by_accuracy(cells_run):
    assert metrics_of(cells_run) == {"accuracy"}


def test_balanced_weights_raise_the_rare_class(run_quickly, uneven):
    # in so short a training, the rare class is never predicted, which is a failure
    short = {"num_epochs": 40, "open_anyway": True}
    plain = run_quickly(uneven, **short)
    weighted = run_quickly(uneven, class_weights="balanced", **short)
    assert weighted.summary["hyperparameters"]["class_weights"] == "balanced"
    assert weighted.predict(uneven).mean() > plain.predict(uneven).mean() + 0.05


def test_groups_stay_together_and_are_not_a_feature(run_quickly, cells):
    owners = [f"owner {row // 4}" for row in range(60)]
    frame = cells(owner=owners).select("owner", *cells().columns)
    run = run_quickly(frame, split=spec.Split(by="group", column="owner"))
    split = run.folder.read_npz("split.npz")
    assert run.summary["split"]["by"] == "group"
    groups = [{owners[row] for row in rows} for rows in split.values()]
    assert all(groups)
    assert sum(map(len, groups)) == len(set.union(*groups)) == len(set(owners))
    assert "owner" not in run.model.preparation.columns
    without = frame.drop("owner", "kind")
    np.testing.assert_array_equal(run.predict(without), run.predict(frame))


def test_time_puts_the_latest_rows_in_the_test_part(run_quickly, prices):
    days = np.random.default_rng(3).permutation(60)
    start = np.datetime64("2024-01-01")
    frame = prices().with_columns(day=pl.Series(start + days))
    run = run_quickly(frame, target="price", split=spec.Split(by="time", column="day"))
    split = run.folder.read_npz("split.npz")
    assert days[split["train"]].max() < days[split["val"]].min()
    assert days[split["val"]].max() < days[split["test"]].min()
    assert run.summary["split"]["by"] == "time"


def test_a_class_of_two_examples_is_reported_and_trained_on(
    run_quickly, cells, searched
):
    frame = cells()
    kinds = frame["kind"].to_list()
    kinds[5] = kinds[40] = "odd"
    run = run_quickly(frame.with_columns(kind=pl.Series(kinds)), **searched)
    assert run.summary["task"] == "multiclass"
    assert run.summary["data"]["classes"] == ["benign", "malign", "odd"]
    codes = {finding.code for finding in run.findings}
    assert {"small_class", "split_note"} <= codes
    assert any("'odd'" in note for note in run.summary["split"]["notes"])
    assert run.predict(frame).shape == (60, 3)
    assert np.isfinite(run.summary["tune"]["best_val"])


def test_a_class_that_train_lacks_does_not_decide(run_quickly, cells, searched):
    """If groups keep a class out of train, the val score covers the other classes."""
    owners = np.repeat(np.arange(15), 4)
    kinds = cells()["kind"].to_list()
    split = data.split(
        data.load(cells(owner=owners), target="kind", ignore=["owner"]),
        seed=7,
        by="group",
        column="owner",
    )
    for row in split.val[:3]:
        kinds[row] = "odd"
    frame = cells(owner=owners, kind=kinds)
    fields = searched | {"split": spec.Split(by="group", column="owner")}
    run = run_quickly(frame, target="kind", **fields)
    assert run.summary["split"]["val"] == len(split.val)
    values = [trial["value"] for trial in run.folder.events("trial")]
    assert max(values) > 0.2


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        (["no", "yes"], ["no", "yes"]),
        ([False, True], [False, True]),
        ([3, 8], [3, 8]),
    ],
)
def test_two_classes_of_any_name(run_quickly, cells, labels, classes):
    frame = cells()
    kinds = [labels[kind == "malign"] for kind in frame["kind"]]
    run = run_quickly(frame.with_columns(kind=pl.Series(kinds)), task="binary")
    assert run.summary["task"] == "binary"
    assert run.summary["data"]["classes"] == classes
    assert set(run.model.predict_frame(frame)["prediction"]) <= set(labels)


@pytest.mark.parametrize("cost", ["hinge", "log_likelihood"])
def test_costs_of_two_classes(run_quickly, cells, cost):
    frame = cells()
    run = run_quickly(
        frame, cost=cost, optimizer=spec.Adam(0.1), regularizers=[], num_epochs=60
    )
    assert run.summary["hyperparameters"]["cost.kind"] == cost
    truth = data.load(frame, target="kind").target
    train = run.folder.read_npz("split.npz")["train"]
    correct = (run.predict(frame) > 0.5) == truth
    assert correct[train].mean() > 0.8


@pytest.fixture(scope="module")
def visits():
    """Draw counts whose rate is the exponential of a number."""
    rng = np.random.default_rng(0)
    hours = rng.uniform(0, 3, 80)
    return pl.DataFrame({"hours": hours, "visits": rng.poisson(np.exp(hours))})


def test_poisson_predicts_rates_of_counts(run_quickly, visits):
    run = run_quickly(
        visits,
        task="regression",
        cost="poisson_likelihood",
        optimizer=spec.Adam(0.1),
        regularizers=[],
        num_epochs=200,
    )
    scale = run.model.preparation
    assert (scale.target_mean, scale.target_std) == (0.0, 1.0)
    # a converged linear network is the maximum-likelihood fit
    parts = run.folder.read_npz("split.npz")
    both = np.concatenate([parts["train"], parts["val"]])
    hours, counts = visits[["hours"]].to_numpy(), visits["visits"].to_numpy()
    exact = PoissonRegressor(alpha=0, tol=1e-10).fit(hours[both], counts[both])
    np.testing.assert_allclose(run.predict(visits), exact.predict(hours), rtol=1e-3)


def test_gaussian_predicts_the_mean_in_the_targets_unit(run_quickly, prices):
    frame = prices()
    run = run_quickly(
        frame,
        cost="gaussian_likelihood",
        optimizer=spec.Adam(0.1),
        regularizers=[],
        num_epochs=100,
    )
    assert run.summary["model"]["layers"][-1]["units"] == 2
    train = run.folder.read_npz("split.npz")["train"]
    error = run.predict(frame) - frame["price"].to_numpy()
    spread = frame["price"].to_numpy().std()
    assert np.sqrt(np.mean(error[train] ** 2)) < 0.5 * spread
    assert run.predict(frame).shape == (60,)


def test_a_robust_error_of_a_regression(run_quickly, prices):
    run = run_quickly(prices(), cost="huber")
    assert run.test.metric == "rmse"
    assert run.summary["hyperparameters"]["cost.kind"] == "huber"
    assert run.model.preparation.target_std > 1


def test_a_cost_for_another_task_is_refused(run_quickly, prices, tmp_path):
    with pytest.raises(assay.InputError, match="'hinge' .* Use one of squared_er"):
        run_quickly(prices(), cost="hinge")
    assert not (tmp_path / "runs").exists()


def test_an_extreme_test_row_does_not_end_the_run(run_quickly, visits):
    """Once the seal is open, the result is always reported."""
    split = data.split(data.load(visits, target="visits", task="regression"), seed=0)
    hours = visits["hours"].to_numpy().copy()
    hours[split.test[0]] = 1e9
    run = run_quickly(
        visits.with_columns(hours=hours),
        task="regression",
        cost="poisson_likelihood",
        optimizer=spec.Adam(0.1),
        regularizers=[],
        num_epochs=200,
    )
    assert run.test.value > 1e30
    assert run.folder.exists("run.json")


def test_a_test_part_of_one_row_has_a_wide_interval(run_quickly, cells):
    shares = spec.Split(train=0.98, val=0.01, test=0.01, by="random")
    run = run_quickly(cells(), split=shares)
    assert run.summary["split"]["test"] == run.summary["split"]["val"] == 1
    low, high = run.test.interval
    assert high - low > 0.5
