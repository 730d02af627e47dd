"""Wrong labels are distinguished from classes that surround each other."""

import numpy as np
import pytest
from sklearn.datasets import make_gaussian_quantiles, make_hastie_10_2, make_moons

from assay import spec
from assay.doctor import Patient, fit_references
from assay.training import TrainingData


def references_of(inputs, targets):
    rows = np.float32(inputs), np.int32(targets)
    data = TrainingData.of(rows, rows, num_classes=int(targets.max()) + 1)
    return fit_references(Patient(spec.Training(), data))


@pytest.mark.parametrize("share", [0.1, 0.2, 0.3])
def test_the_share_of_wrong_labels_is_estimated(share):
    inputs, targets = make_moons(800, noise=0.15, random_state=0)
    wrong = np.random.default_rng(1).random(800) < share
    known = references_of(inputs, np.where(wrong, 1 - targets, targets))
    assert known.wrong_inside == pytest.approx(wrong.mean(), abs=0.03)
    assert wrong[known.suspicious].mean() > 0.9


@pytest.mark.parametrize(
    "draw",
    [
        lambda: make_hastie_10_2(900, random_state=2),
        lambda: make_gaussian_quantiles(n_samples=700, n_features=6, random_state=3),
        lambda: make_gaussian_quantiles(
            n_samples=900, n_features=8, n_classes=2, random_state=5
        ),
    ],
)
def test_a_class_that_surrounds_another_has_no_wrong_labels(draw):
    """Most neighbors of an outer row belong to the inner class."""
    inputs, targets = draw()
    known = references_of(inputs, np.unique(targets, return_inverse=True)[1])
    assert known.wrong_inside == 0
    assert not len(known.suspicious)
