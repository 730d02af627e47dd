"""A fixture that interrupts a tracked run."""

import pytest

import assay


class Stop(assay.Observer):
    """An observer that interrupts a run just before the refit."""

    def stage(self, name, detail=""):
        if name == "refit":
            raise KeyboardInterrupt


@pytest.fixture
def interrupted():
    """A function that runs a short experiment until the refit, and returns it."""

    def run(out, track):
        fields = {"data": "iris", "model": "linear", "num_epochs": 2}
        experiment = assay.Experiment(**fields, tune=assay.spec.Tune(num_trials=1))
        with pytest.raises(assay.Interrupted):
            experiment.run(out=out, track=track, observer=Stop())
        return experiment

    return run
