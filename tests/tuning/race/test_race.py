"""All racers have the same initial values, row orders and budget."""

import numpy as np
import pytest

from assay import spec
from assay._errors import InputError
from assay.training import TrainingData
from assay.tuning import BASES, race, racers
from assay.tuning.race._race import RATES

EPOCHS, SEEDS = 4, 2
ASKED = ("sgd@all", "sgd@1", "sgd@8", "sgd", "adam")


@pytest.fixture(scope="module")
def training_data():
    """Draw two classes of 3 numbers that differ mostly in the first number."""
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(60, 3)).astype(np.float32)
    targets = np.int32(inputs[:, 0] + rng.normal(size=60) / 2 > 0)
    return TrainingData.of(
        (inputs[:40], targets[:40]), (inputs[40:], targets[40:]), num_classes=2
    )


@pytest.fixture(scope="module")
def training():
    """Return a network with dropout, which draws the same masks for all racers."""
    return spec.Training(
        model=(spec.Dropout(0.1), spec.Dense(4), spec.Tanh()),
        cost="binary_cross_entropy",
        regularizers=["early_stopping"],
        batch_size=8,
        num_epochs=1,
    )


@pytest.fixture(scope="module")
def told():
    """The reported progress."""
    return []


@pytest.fixture(scope="module")
def found(training, training_data, told):
    """A race with every kind of batch size."""
    return race(
        training,
        training_data,
        racers(ASKED, batch_size=8),
        seed=3,
        num_seeds=SEEDS,
        num_epochs=EPOCHS,
        on_progress=lambda *what: told.append(what),
    )


def of(found, racer, seed=4):
    """Return the curve of a racer."""
    return next(c for c in found.curves if (c.racer, c.seed) == (racer, seed))


def test_all_start_from_the_same_place(found):
    for seed in found.seeds:
        starts = [
            (c.train_cost[0], c.val_cost[0]) for c in found.curves if c.seed == seed
        ]
        assert len(starts) == len(ASKED)
        assert len(set(starts)) == 1
    assert of(found, "adam", 4).train_cost[0] != of(found, "adam", 5).train_cost[0]


def test_all_see_the_rows_in_the_same_order(training, training_data):
    orders = []
    for racer in racers(ASKED, batch_size=8):
        program = training_data.program(racer.training(training, EPOCHS))
        rows = program.orders(4, 0, training_data.train)[:2, :40]
        orders.append(rows)
        assert sorted(rows[0]) == list(range(40))
        assert (rows[0] != rows[1]).any()
    for rows in orders:
        np.testing.assert_array_equal(rows, orders[0])


def test_two_names_of_one_thing_run_the_same(found):
    """Here the name "sgd" means batches of 8, so its costs equal those of "sgd@8"."""
    for seed in found.seeds:
        one, other = of(found, "sgd", seed), of(found, "sgd@8", seed)
        for column in ("train_cost", "val_cost"):
            ends = [
                dict(zip(c.updates, getattr(c, column), strict=True))
                for c in (one, other)
            ]
            shared = set(ends[0]) & set(ends[1])
            assert len(shared) > 10
            assert all(ends[0][mark] == ends[1][mark] for mark in shared)


def test_a_run_is_a_plain_training_at_its_rate(found, training, training_data):
    adam = next(one for one in found.tuned if one.racer.name == "adam")
    changes = {"optimizer": spec.Adam(adam.learning_rate), "num_epochs": EPOCHS}
    fit = training_data.fit(
        training.model_copy(update=changes | {"regularizers": ()}), seed=4
    )
    fit.run()
    curve = of(found, "adam")
    assert curve.updates[-1] == fit.num_iterations == EPOCHS * 5
    assert curve.epochs[-1] == EPOCHS
    ends = fit.history.epochs
    assert curve.val_cost[-1] == pytest.approx(ends["val_cost"][-1], rel=1e-6)
    assert curve.train_score[-1] == pytest.approx(ends["train_score"][-1], rel=1e-6)


def test_every_rate_is_tuned_with_the_same_budget(found):
    for one in found.tuned:
        first = [t for t in one.tries if t[0] == 1]
        last = [t for t in one.tries if t[0] == 2]
        default = one.racer.optimizer.learning_rate
        rates = [rate for _, rate, _, _ in first]
        np.testing.assert_allclose(rates, [default * factor for factor in RATES])
        assert {epochs for _, _, epochs, _ in first} == {1}
        assert {epochs for _, _, epochs, _ in last} == {EPOCHS}
        best = sorted((cost, rate) for _, rate, _, cost in first)[:3]
        assert [rate for _, rate, _, _ in last] == [rate for _, rate in best]
        cost, rate = min((cost, rate) for _, rate, _, cost in last)
        assert (one.val_cost, one.learning_rate) == (cost, rate)
        assert one.at_edge == (rate in (rates[0], rates[-1]))


def test_standings_compare_at_the_same_place(found):
    per_epoch = {"sgd@all": 1, "sgd@1": 40, "sgd@8": 5, "sgd": 5, "adam": 5}
    assert found.places["updates"] == EPOCHS
    assert found.places["epochs"] == EPOCHS
    for basis in BASES:
        rows = found.standings(basis)
        assert {row["racer"] for row in rows} == set(ASKED)
        costs = [row["val_cost"] for row in rows]
        assert costs == sorted(costs)
        for row in rows:
            assert row[basis] == pytest.approx(found.places[basis], rel=1e-6)
            curves = [of(found, row["racer"], seed) for seed in found.seeds]
            at = [np.interp(row[basis], getattr(c, basis), c.val_cost) for c in curves]
            assert row["val_cost"] == pytest.approx(np.mean(at))
            assert row["val_cost_spread"] == pytest.approx(np.std(at, ddof=1))
            epochs = row["updates"] / per_epoch[row["racer"]]
            assert row["epochs"] == pytest.approx(epochs, rel=1e-6)


def test_the_places_of_comparison_are_measured_not_guessed(found):
    """Each curve has a mark at the shared numbers of updates and epochs."""
    for curve in found.curves:
        assert EPOCHS in curve.updates
        assert EPOCHS in curve.epochs
        assert curve.updates[0] == 0
        assert (np.diff(curve.seconds) > 0).all()


def test_curves_and_json_hold_all_of_it(found, told):
    table = found.curve_columns()
    assert {len(column) for column in table.values()} == {
        sum(len(curve.updates) for curve in found.curves)
    }
    assert set(table) >= {"racer", "seed", *BASES, "train_cost", "val_cost"}
    data = found.to_json()
    assert [one["racer"] for one in data["racers"]] == list(ASKED)
    assert data["racers"][0]["batch_size"] == "all"
    assert set(data["standings"]) == set(BASES)
    total = len(ASKED) * (len(RATES) + 3 + SEEDS)
    assert [(done, of_all) for done, of_all, _ in told] == [
        (place, total) for place in range(1, total + 1)
    ]


def test_a_rate_that_diverges_is_never_taken(training, training_data):
    asked = training.model_copy(
        update={"model": (), "cost": spec.SquaredError(), "class_weights": "none"}
    )
    numbers = TrainingData.of(
        (np.asarray(training_data.train.inputs[:40]), np.float32(range(40))),
        (np.asarray(training_data.val.inputs[:20]), np.float32(range(20))),
        num_classes=1,
    )
    steep = spec.SGD(3.0)
    found = race(
        asked,
        numbers,
        racers([steep], batch_size="all"),
        seed=0,
        num_seeds=1,
        num_epochs=40,
    )
    (one,) = found.tuned
    lost = [rate for _, rate, _, cost in one.tries if cost == np.inf]
    assert lost and one.learning_rate < min(lost)
    (row,) = found.standings("epochs")
    assert np.isfinite(row["val_cost"]) and row["val_cost_spread"] is None


def test_with_too_little_time_there_are_fewer_epochs(training, training_data):
    found = race(
        training,
        training_data,
        racers(["adam"], batch_size=8),
        seed=0,
        num_seeds=1,
        num_epochs=50,
        time_seconds=1e-6,
    )
    assert found.num_epochs == 1
    assert found.notes[0] == "1 of 50 epochs fit in 1e-06 s"


def test_who_takes_part():
    asked = [spec.Adam(0.3), "sgd@all", "momentum@16"]
    adam, sgd, momentum = racers(asked, batch_size=32)
    assert (adam.name, adam.batch_size, adam.optimizer.learning_rate) == (
        "adam",
        32,
        0.3,
    )
    assert (sgd.name, sgd.batch_size) == ("sgd@all", "all")
    assert (momentum.name, momentum.batch_size) == ("momentum@16", 16)


def test_faults_are_told_together(training, training_data):
    with pytest.raises(InputError) as caught:
        racers(["adan", "sgd@0", "sgd", "sgd"], batch_size=8)
    unknown, size, twice = caught.value.faults
    assert unknown.startswith("unknown optimizer 'adan'. Did you mean 'adam'?")
    assert "optimizers='sgd@0'" in size
    assert twice.startswith("`len(optimizers) == len(set(optimizers))` must hold")
    with pytest.raises(InputError, match=r"len\(optimizers\) >= 1"):
        racers([], batch_size=8)
    empty = TrainingData.of(
        (np.zeros((4, 3), np.float32), np.zeros(4, np.int32)),
        (np.zeros((0, 3), np.float32), np.zeros(0, np.int32)),
        num_classes=2,
    )
    with pytest.raises(InputError) as caught:
        race(training, empty, racers(["sgd"], batch_size=2), seed=0, num_seeds=0)
    assert len(caught.value.faults) == 2


def test_optimizers_with_rates_for_each_layer_are_measured_like_others(
    training, training_data
):
    lamb, adam = racers(["lamb", "adam"], batch_size=8)
    both = race(training, training_data, [lamb, adam], seed=3, num_epochs=2)
    alone = race(training, training_data, [lamb], seed=3, num_epochs=2)
    assert of(both, "lamb").val_cost.tolist() == of(alone, "lamb").val_cost.tolist()
    # the first measurement is that of the initial values, which both have
    assert of(both, "lamb").val_cost[0] == of(both, "adam").val_cost[0]
