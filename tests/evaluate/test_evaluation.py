"""An evaluation contains every metric of one set of predictions."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from assay._errors import InputError
from assay.evaluate import evaluate, measure
from assay.records import to_canonical_json

BINARY = SimpleNamespace(kind="binary", classes=(False, True))
THREE = SimpleNamespace(kind="multiclass", classes=("a", "b", "c"))
NUMBER = SimpleNamespace(kind="regression", classes=())


def three_classes(counts=(20, 20, 20), seed=0):
    random = np.random.default_rng(seed)
    targets = np.repeat([0, 1, 2], counts)
    shares = random.dirichlet([1, 1, 1], len(targets)) + 2 * np.eye(3)[targets]
    return targets, shares / shares.sum(axis=1, keepdims=True)


def test_every_metric_of_the_task_is_measured():
    targets, predictions = three_classes()
    evaluation = evaluate(THREE, targets, predictions, seed=2)
    assert list(evaluation.metrics) == [
        "accuracy",
        "balanced_accuracy",
        "f1",
        "auroc",
        "log_loss",
        "brier",
        "expected_calibration_error",
    ]
    for name, value in evaluation.metrics.items():
        assert value == measure(name, targets, predictions, seed=2)
    assert evaluation.primary is evaluation.metrics["accuracy"]


@pytest.mark.parametrize(
    ("counts", "metric"),
    [((20, 20, 20), "accuracy"), ((30, 10, 10), "accuracy")]
    + [((31, 10, 10), "balanced_accuracy"), ((31, 10, 0), "balanced_accuracy")],
)
def test_the_balance_of_the_classes_chooses_the_metric(counts, metric):
    assert evaluate(THREE, *three_classes(counts), seed=0).metric == metric


def test_another_metric_may_be_chosen():
    evaluation = evaluate(THREE, *three_classes(), seed=0, metric="f1", level=0.8)
    assert evaluation.metric == "f1"
    assert evaluation.primary.level == 0.8


def test_scores_per_class_follow_from_the_confusion():
    targets, predictions = three_classes()
    evaluation = evaluate(THREE, targets, predictions, seed=0)
    assert np.sum(evaluation.confusion) == 60
    recalls = [score.recall for score in evaluation.per_class]
    hits = np.diag(evaluation.confusion)
    np.testing.assert_allclose(recalls, hits / 20)
    plain = evaluation.to_json()
    assert [row["class"] for row in plain["per_class"]] == ["a", "b", "c"]
    assert plain["num_examples"] == 60
    assert plain["metrics"]["accuracy"] == evaluation.primary.to_json()
    to_canonical_json(evaluation)


def test_regression_has_no_classes():
    random = np.random.default_rng(0)
    targets = random.normal(size=40)
    heavy = targets + random.standard_t(2, size=40)
    evaluation = evaluate(NUMBER, targets, heavy, seed=0)
    assert evaluation.metric == "rmse"
    assert evaluation.per_class == evaluation.confusion == ()
    assert any("heavy tails" in note for note in evaluation.notes)
    assert evaluation.to_json()["confusion"] == []


def test_r2_of_equal_targets_is_undefined():
    evaluation = evaluate(NUMBER, np.ones(5), np.zeros(5), seed=0)
    plain = evaluation.to_json()["metrics"]["r2"]
    assert plain == {"value": None, "interval": None}


def test_the_same_seed_gives_the_same_evaluation():
    first, second = (evaluate(THREE, *three_classes(), seed=1) for _ in range(2))
    assert to_canonical_json(first) == to_canonical_json(second)


@pytest.mark.parametrize(
    ("task", "predictions", "metric", "message"),
    [
        (THREE, np.zeros((3, 2)), None, "`predictions.shape == (n, 3)` must hold"),
        (BINARY, np.zeros((3, 2)), None, "`predictions.shape == (n,)` must hold"),
        (BINARY, np.full(3, np.nan), None, "isfinite(predictions)"),
        (
            BINARY,
            np.zeros(3),
            "rmse",
            "'rmse' is not defined for binary tasks. Use one of ",
        ),
        (BINARY, np.zeros(3), "acuracy", "Did you mean 'accuracy'?"),
    ],
)
def test_arrays_that_do_not_fit_the_task_are_rejected(
    task, predictions, metric, message
):
    with pytest.raises(InputError) as error:
        evaluate(task, np.array([0, 1, 1]), predictions, seed=0, metric=metric)
    assert message in str(error.value)


@pytest.mark.parametrize(("num_classes", "is_recorded"), [(200, True), (201, False)])
def test_the_confusion_of_many_classes_is_not_recorded(num_classes, is_recorded):
    evaluation = evaluate(THREE, *three_classes(), seed=0)
    matrix = ((0,) * num_classes,) * num_classes
    recorded = replace(evaluation, confusion=matrix).to_json()
    assert bool(recorded["confusion"]) == is_recorded
