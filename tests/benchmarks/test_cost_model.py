"""The cost models add up the parts of an epoch and of a search."""

import math

import pytest
from benchmarks._task import Task, sorted_by_teacher
from benchmarks.devices._measure import work_of
from benchmarks.devices._model import Machine, Work, predict
from benchmarks.devices._search_model import Cluster, Effort, Trials, predict_search
from benchmarks.sides.assay_training import material_of

from assay import spec

WORK = Work(1000, 10, 20, 500, 50, 100, 600)
ALONE = Machine(1, 1e9, 5e8, 1e9, math.inf, 1e-4)


def test_parts_by_hand() -> None:
    costs = predict(WORK, Machine(2, 1e9, 5e8, 1e8, 1e6, 1e-4))
    assert costs.fixed == pytest.approx(10 * 1e-4)
    assert costs.products == pytest.approx(1000 * 3 * 2 * 500 / 1e9)
    assert costs.convolved == pytest.approx(1000 * 3 * 2 * 50 / 5e8)
    assert costs.memory == pytest.approx(1000 * 4 * (2 * 20 + 3 * 100) / 1e8)
    assert costs.update == pytest.approx(10 * 4 * 7 * 600 * 2 / 1e8)
    assert costs.reduce == pytest.approx(10 * 4 * 600 / 1e6)
    assert costs.total == pytest.approx(sum(costs))


def test_one_device_reduces_nothing() -> None:
    assert predict(WORK, ALONE).reduce == 0


def test_twice_the_machine_halves_the_split_work() -> None:
    """Every device updates its own copy of the parameters, so that does not shrink."""
    one, two = predict(WORK, ALONE), predict(WORK, Machine(2, 2e9, 1e9, 2e9, 1e9, 1e-4))
    assert two.products == pytest.approx(one.products / 2)
    assert two.convolved == pytest.approx(one.convolved / 2)
    assert two.memory == pytest.approx(one.memory / 2)
    assert two.update == pytest.approx(one.update)


def test_windows_of_one_position_are_matrix_products() -> None:
    inner = (spec.Conv2D(4, 3, padding=1), spec.ReLU(), spec.Conv2D(4, 1))
    training = spec.Training(
        model=(spec.Residual(inner),),
        cost=spec.CrossEntropy(),
        regularizers=(),
        batch_size=8,
        num_epochs=1,
    )
    task = Task("images", training, sorted_by_teacher((5, 5, 4)), 16)
    work = work_of(task, material_of(task).fit(training, seed=0))
    assert work.convolved == 25 * 9 * 4 * 4
    assert work.products == 25 * 4 * 4 + 100 * 10
    assert work.num_iterations == 2


TRIALS = Trials(5, Effort(3.5, 3.0), 2000)
CLUSTER = Cluster(2, 2.0, Effort(7.0, 8.0), 1e3, Effort(0.1, 0.05), 1.0)


def test_parts_of_a_search_by_hand() -> None:
    costs = predict_search(TRIALS, CLUSTER)
    assert costs.start == pytest.approx(2 * 8.0 / 2)  # the nodes need both processors
    assert costs.sending == pytest.approx(2.0)
    assert costs.trials == pytest.approx(3 * 3.5)  # the busier node trains three
    assert costs.tasks == pytest.approx(3 * 5 * 0.1)
    assert costs.total == pytest.approx(sum(costs))


def test_nodes_that_share_a_processor_train_one_after_another() -> None:
    busy = TRIALS._replace(count=4, effort=Effort(3.0, 3.0))
    one, two = (
        predict_search(busy, CLUSTER._replace(num_nodes=n, processors=1.0))
        for n in (1, 2)
    )
    assert one.trials == two.trials == pytest.approx(4 * 3.0)
    assert two.start == pytest.approx(2 * one.start)


def test_a_node_cannot_use_several_processors_for_a_trial() -> None:
    one = predict_search(TRIALS, CLUSTER._replace(num_nodes=1, processors=8.0))
    assert one.trials == pytest.approx(5 * 3.5)


def test_more_nodes_than_trials_do_not_help() -> None:
    two = TRIALS._replace(count=2)
    nine = predict_search(two, CLUSTER._replace(num_nodes=9))
    assert nine == predict_search(two, CLUSTER)
