"""Each kind of task, cost and split goes through the whole protocol."""

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import balanced_accuracy_score

import assay
from assay import data, spec


def metrics_of(run):
    """Return the metric that each part of the summary is told in."""
    summary = run.summary
    decided = [b["comparison"].get("metric") for b in summary["baselines"]]
    return {summary["test"]["metric"], summary["tune"]["metric"], *decided} - {None}


@pytest.fixture(scope="module")
def uneven(cells):
    """Cells of which one in five is malign."""
    frame = cells(100)
    order = np.argsort(frame["size"].fill_null(0).to_numpy())
    kinds = np.full(100, "benign", dtype=object)
    kinds[order[-20:]] = "malign"
    return frame.with_columns(kind=pl.Series(kinds, dtype=pl.String))


def test_uneven_classes_are_judged_by_balanced_accuracy(quickly, uneven, searched):
    run = quickly(uneven, **searched)
    assert metrics_of(run) == {"balanced_accuracy"}
    truth = data.load(uneven, target="kind").target
    split = run.folder.read_npz("split.npz")
    predicted = run.predict(uneven) > 0.5
    test = split["test"]
    expected = balanced_accuracy_score(truth[test], predicted[test])
    assert run.test.value == pytest.approx(expected)
    majority = run.summary["baselines"][0]
    assert (majority["name"], majority["value"]) == ("majority", 0.5)
    # val is stratified, so its score is a mean of the two recalls
    counts = np.bincount(truth[split["val"]])
    recalls = {a / counts[0] + b / counts[1] for a in range(13) for b in range(4)}
    best = 2 * run.summary["tune"]["best_val"]
    assert min(abs(best - value) for value in recalls) < 1e-5


def test_even_classes_are_judged_by_accuracy(cells_run):
    assert metrics_of(cells_run) == {"accuracy"}


def test_balanced_weights_raise_what_is_rare(quickly, uneven):
    plain = quickly(uneven, num_epochs=40)
    weighed = quickly(uneven, num_epochs=40, class_weights="balanced")
    assert weighed.summary["hyperparameters"]["class_weights"] == "balanced"
    assert weighed.predict(uneven).mean() > plain.predict(uneven).mean() + 0.05


def test_groups_stay_together_and_are_no_feature(quickly, cells):
    owners = [f"owner {row // 4}" for row in range(60)]
    frame = cells(owner=owners).select("owner", *cells().columns)
    run = quickly(frame, split=spec.Split(by="group", column="owner"))
    split = run.folder.read_npz("split.npz")
    assert run.summary["split"]["by"] == "group"
    known = [{owners[row] for row in rows} for rows in split.values()]
    assert all(known)
    assert not known[0] & known[1] | known[0] & known[2] | known[1] & known[2]
    assert "owner" not in run.model.preparation.columns
    without = frame.drop("owner", "kind")
    np.testing.assert_array_equal(run.predict(without), run.predict(frame))


def test_time_puts_the_latest_rows_in_the_test_part(quickly, prices):
    days = np.random.default_rng(3).permutation(60)
    start = np.datetime64("2024-01-01")
    frame = prices().with_columns(day=pl.Series(start + days))
    run = quickly(frame, target="price", split=spec.Split(by="time", column="day"))
    split = run.folder.read_npz("split.npz")
    assert days[split["train"]].max() < days[split["val"]].min()
    assert days[split["val"]].max() < days[split["test"]].min()
    assert run.summary["split"]["by"] == "time"


def test_a_class_of_two_examples_is_told_and_trained_with(quickly, cells, searched):
    frame = cells()
    kinds = frame["kind"].to_list()
    kinds[5] = kinds[40] = "odd"
    run = quickly(frame.with_columns(kind=pl.Series(kinds)), **searched)
    assert run.summary["task"] == "multiclass"
    assert run.summary["data"]["classes"] == ["benign", "malign", "odd"]
    codes = {finding.code for finding in run.findings}
    assert {"small_class", "split_note"} <= codes
    assert any("'odd'" in note for note in run.summary["split"]["notes"])
    assert run.predict(frame).shape == (60, 3)
    assert np.isfinite(run.summary["tune"]["best_val"])


def test_a_class_that_train_lacks_does_not_decide(quickly, cells, searched):
    """Groups can keep a class out of train; the score on val is of the others."""
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
    asked = searched | {"split": spec.Split(by="group", column="owner")}
    run = quickly(frame, target="kind", **asked)
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
def test_two_classes_of_any_name(quickly, cells, labels, classes):
    frame = cells()
    kinds = [labels[kind == "malign"] for kind in frame["kind"]]
    run = quickly(frame.with_columns(kind=pl.Series(kinds)), task="binary")
    assert run.summary["task"] == "binary"
    assert run.summary["data"]["classes"] == classes
    assert set(run.model.predict_frame(frame)["prediction"]) <= set(labels)


@pytest.mark.parametrize("cost", ["hinge", "log_likelihood"])
def test_costs_of_two_classes(quickly, cells, cost):
    frame = cells()
    run = quickly(
        frame, cost=cost, optimizer=spec.Adam(0.1), regularizers=[], num_epochs=60
    )
    assert run.summary["hyperparameters"]["cost.kind"] == cost
    truth = data.load(frame, target="kind").target
    train = run.folder.read_npz("split.npz")["train"]
    right = (run.predict(frame) > 0.5) == truth
    assert right[train].mean() > 0.8


@pytest.fixture(scope="module")
def visits():
    """Counts whose rate grows with a number."""
    rng = np.random.default_rng(0)
    hours = rng.uniform(0, 3, 80)
    return pl.DataFrame({"hours": hours, "visits": rng.poisson(np.exp(hours))})


def test_poisson_predicts_rates_of_counts(quickly, visits):
    run = quickly(
        visits,
        task="regression",
        cost="poisson_likelihood",
        optimizer=spec.Adam(0.1),
        regularizers=[],
        num_epochs=200,
    )
    scale = run.model.preparation
    assert (scale.target_mean, scale.target_std) == (0.0, 1.0)
    rates = run.predict(visits)
    assert (rates > 0).all()
    np.testing.assert_allclose(rates, np.exp(visits["hours"]), rtol=0.35)


def test_gaussian_predicts_the_mean_in_the_targets_unit(quickly, prices):
    frame = prices()
    run = quickly(
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


@pytest.mark.parametrize("cost", ["huber"])
def test_other_errors_of_a_regression(quickly, prices, cost):
    run = quickly(prices(), cost=cost)
    assert run.test.metric == "rmse"
    assert run.summary["hyperparameters"]["cost.kind"] == cost
    assert run.model.preparation.target_std > 1


def test_a_cost_for_another_task_is_refused(quickly, prices, tmp_path):
    with pytest.raises(assay.InputError, match="cost='hinge'. Write one of squared_er"):
        quickly(prices(), cost="hinge")
    assert not (tmp_path / "runs").exists()


def test_a_wild_test_row_does_not_end_the_run(quickly, visits):
    """Once the seal is open, what is behind it is told, whatever it is."""
    split = data.split(data.load(visits, target="visits", task="regression"), seed=0)
    hours = visits["hours"].to_numpy().copy()
    hours[split.test[0]] = 1e9
    run = quickly(
        visits.with_columns(hours=hours),
        task="regression",
        cost="poisson_likelihood",
        optimizer=spec.Adam(0.1),
        regularizers=[],
        num_epochs=200,
    )
    assert run.test.value > 1e30
    assert run.folder.exists("run.json")


def test_parts_of_a_single_row(quickly, cells):
    """There is little to say of one row, and that is said."""
    shares = spec.Split(train=0.98, val=0.01, test=0.01, by="random")
    run = quickly(cells(), split=shares)
    assert run.summary["split"]["test"] == run.summary["split"]["val"] == 1
    low, high = run.test.interval
    assert high - low > 0.5
