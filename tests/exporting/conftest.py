"""A finished run that the tests of exports share."""

import pytest

from assay.experiment import train


@pytest.fixture(scope="session")
def run(tmp_path_factory):
    """A run on iris with three classes."""
    path = tmp_path_factory.mktemp("runs") / "iris-1"
    return train("iris", out=path, model="linear", trials=1, num_epochs=2, seed=1)
