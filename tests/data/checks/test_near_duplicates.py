"""Distances to the nearest rows do not count exact copies."""

import numpy as np
import pytest

from assay.data.checks._near_duplicates import _nearest


@pytest.mark.parametrize("num_copies", [0, 50, 150])  # few, more than are expected, all
def test_distances_leave_out_copies(num_copies):
    rng = np.random.default_rng(0)
    points = rng.normal(size=(150, 3))
    points[:num_copies] = points[0]
    distances = np.linalg.norm(points[:, None] - points[None], axis=2)
    distances[distances == 0] = np.inf
    expected = np.sort(distances, axis=1)[:, [0, 9, 19]]
    np.testing.assert_allclose(_nearest(points, points), expected, rtol=1e-9)
