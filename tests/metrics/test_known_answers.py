"""Metrics have known values, including edge cases in which a ratio is 0 / 0."""

import numpy as np
import pytest

from assay import metrics
from assay._errors import InputError


def test_confusion_matrix_has_targets_down():
    counts = metrics.confusion_matrix(np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1.0]))
    assert counts.tolist() == [[2, 1], [0, 1]]
    assert counts.dtype == np.int64


def test_binary_tie_is_class_0_as_in_a_matrix():
    p = np.array([0.5])
    pair = np.stack([1 - p, p], axis=1)
    assert metrics.decide(p).tolist() == metrics.decide(pair).tolist() == [0]


def test_naming_the_majority_shows_in_balanced_accuracy():
    targets, predictions = np.array([0] * 9 + [1]), np.zeros(10)
    assert metrics.get("accuracy")(targets, predictions) == 0.9
    assert metrics.get("balanced_accuracy")(targets, predictions) == 0.5
    assert metrics.get("f1")(targets, predictions) == 0


def test_f1_without_class_1_anywhere_is_0():
    assert metrics.get("f1")(np.zeros(3, int), np.zeros(3)) == 0


def test_macro_f1_leaves_out_classes_that_never_occur():
    predictions = np.eye(3)[[0, 1, 1]]
    assert metrics.get("f1")(np.array([0, 1, 1]), predictions) == 1


def test_auroc_of_one_class_is_not_a_number():
    assert np.isnan(metrics.get("auroc")(np.zeros(3, int), np.full(3, 0.5)))
    one = np.full((3, 2), 0.5)
    assert np.isnan(metrics.get("auroc")(np.zeros(3, int), one))


def test_auroc_of_equal_scores_is_a_half():
    assert metrics.get("auroc")(np.array([0, 1, 1]), np.full(3, 0.2)) == 0.5


def test_auroc_is_a_mean_over_the_classes_that_occur():
    targets = np.array([0, 0, 1, 1])
    predictions = np.array([[0.8, 0.1, 0.1], [0.4, 0.5, 0.1]] + [[0.1, 0.8, 0.1]] * 2)
    assert metrics.get("auroc")(targets, predictions) == 1


def test_r2_of_equal_targets_is_not_a_number():
    assert np.isnan(metrics.get("r2")(np.ones(3), np.zeros(3)))


def test_r2_of_the_mean_is_0():
    assert metrics.get("r2")(np.array([1.0, 3.0]), np.array([2.0, 2.0])) == 0


def test_log_loss_of_a_sure_error_is_finite():
    value = metrics.get("log_loss")(np.array([0]), np.array([1.0], np.float32))
    assert value == pytest.approx(-np.log(np.finfo(np.float32).eps))
    assert metrics.get("log_loss")(np.array([0]), np.array([1])) > value


def test_brier_of_two_classes_is_half_that_of_two_columns():
    targets, p = np.array([0, 1, 1]), np.array([0.3, 0.6, 0.9])
    columns = np.stack([1 - p, p], axis=1)
    brier = metrics.get("brier")
    assert 2 * brier(targets, p) == pytest.approx(brier(targets, columns))


def test_per_class_of_a_class_never_given():
    scores = metrics.per_class(np.array([0, 0, 1]), np.zeros(3))
    assert scores[1] == metrics.ClassScore(1, 1, 0, 0, 0)
    assert scores[0].precision == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("kind", "imbalance", "name"),
    [
        ("binary", 1, "accuracy"),
        ("multiclass", 3.0, "accuracy"),
        ("multiclass", 3.01, "balanced_accuracy"),
        ("binary", float("inf"), "balanced_accuracy"),
        ("regression", 1, "rmse"),
    ],
)
def test_primary(kind, imbalance, name):
    assert metrics.primary(kind, imbalance) == name


def test_imbalance_of_an_absent_class_is_infinite():
    assert metrics.imbalance(np.array([0, 0, 1]), 3) == float("inf")
    assert metrics.imbalance(np.array([0, 0, 1, 2]), 3) == 2


def test_unknown_name_gets_the_nearest():
    with pytest.raises(InputError) as error:
        metrics.get("acuracy")
    start = "unknown metric 'acuracy'. Did you mean 'accuracy'? Known: accuracy, "
    assert str(error.value).startswith(start)


def test_for_task():
    assert len(metrics.for_task("binary")) == len(metrics.for_task("multiclass")) == 7
